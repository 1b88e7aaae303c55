module oracle

// Some of Go's defaults follow this line rather than the release that compiles: with 1.26 net/url
// became stricter on colons in a host. A server's defaults follow the line in Consul's own go.mod,
// which is an older one (1.22 in Consul 1.20.1).
go 1.25
