module oracle

// Some of Go's defaults follow this line rather than the release that compiles: net/url's rule on
// colons changed with 1.26. A server follows the line in Consul's go.mod, which is an older one.
go 1.25
