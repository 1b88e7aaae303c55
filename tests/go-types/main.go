// Go-types prints the types that Consul's servers decode the records of a snapshot into, from the
// sources of Consul. They are the content of crates/consul-snapshot/src/go-types.txt.
//
//	go run . CACHE
//
// CACHE is the folder github.com/hashicorp of Go's module cache, with the modules of the table below.
// Nothing is built: the sources are parsed, and names are looked up in them. Releases that know other
// fields of a type are put together; where two releases decode a field differently, it fails.
//
// A line is a type and its fields, with the names that Consul's msgpack codec gives them. It takes in
// the fields of embedded structs, as the codec does:
//
//	Session ID:string Node:string NodeChecks:[string] … CreateIndex:uint64 ModifyIndex:uint64
//
// A list is [T] and a map {K V}. Pointers are left out: the codec looks through them.
package main

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"log"
	"os"
	"path/filepath"
	"reflect"
	"sort"
	"strings"
)

// A release of each minor version, as the module proxy has them.
var releases = []string{
	"1.13.9", "1.14.11", "1.15.10", "1.16.6", "1.17.3", "1.18.2", "1.19.2", "1.20.1", "1.21.5", "1.22.3",
}

// Modules beside Consul's whose types are in its own; they have not changed from 1.13 to 1.22.
var others = []string{"serf@v0.10.1", "go-raftchunking@v0.7.0"}

// What the restorers of agent/consul/fsm/snapshot_ce.go and fsm.go decode into, and the config
// entries of MakeConfigEntry.
var roots = []string{
	"fsm.SnapshotHeader", "structs.RegisterRequest", "structs.DirEntry", "structs.Session", "structs.Coordinate",
	"structs.PreparedQuery", "structs.AutopilotConfig", "structs.Intention", "structs.CARoot",
	"structs.CAConsulProviderState", "structs.CAConfiguration", "state.IndexEntry",
	"structs.ACLToken", "structs.ACLPolicy", "structs.ACLRole", "structs.ACLBindingRule",
	"structs.ACLAuthMethod", "structs.FederationStateRequest", "structs.SystemMetadataEntry",
	"state.ServiceVirtualIP", "state.FreeVirtualIP", "raftchunking.State",
	"structs.ConfigEntryRequest",
	"structs.ServiceConfigEntry", "structs.ProxyConfigEntry", "structs.ServiceRouterConfigEntry",
	"structs.ServiceSplitterConfigEntry", "structs.ServiceResolverConfigEntry",
	"structs.IngressGatewayConfigEntry", "structs.TerminatingGatewayConfigEntry",
	"structs.ServiceIntentionsConfigEntry", "structs.MeshConfigEntry",
	"structs.ExportedServicesConfigEntry", "structs.SamenessGroupConfigEntry",
	"structs.APIGatewayConfigEntry", "structs.BoundAPIGatewayConfigEntry",
	"structs.FileSystemCertificateConfigEntry", "structs.InlineCertificateConfigEntry",
	"structs.HTTPRouteConfigEntry", "structs.TCPRouteConfigEntry", "structs.JWTProviderConfigEntry",
}

// Packages by the last part of their folder, and the folders in which they are looked for.
var packages = []string{
	"agent/structs", "agent/consul/fsm", "agent/consul/state", "acl", "types", "lib", "api", "agent/cache",
	"coordinate", ".",
}

type definition struct {
	pkg  string
	spec *ast.TypeSpec
}

var (
	definitions = map[string]definition{}
	// Types whose decoding is their own: they implement encoding.BinaryUnmarshaler.
	packed = map[string]bool{}
	done   = map[string][]string{}
)

func main() {
	if len(os.Args) != 2 {
		log.Fatal("usage: go run . CACHE")
	}
	all := map[string][]string{}
	for _, release := range releases {
		definitions, packed, done = map[string]definition{}, map[string]bool{}, map[string][]string{}
		for _, module := range append([]string{"consul@v" + release}, others...) {
			for _, folder := range packages {
				load(filepath.Join(os.Args[1], module, folder))
			}
		}
		for _, root := range roots {
			if _, found := definitions[root]; found {
				describe(root)
			}
		}
		if len(done) < 50 {
			log.Fatalf("expected the sources of Consul %s in %s", release, os.Args[1])
		}
		for name, fields := range done {
			all[name] = merge(release, name, all[name], fields)
		}
	}
	names := make([]string, 0, len(all))
	for name := range all {
		names = append(names, name)
	}
	sort.Strings(names)
	for _, name := range names {
		fmt.Println(strings.Join(append([]string{name}, all[name]...), " "))
	}
}

// Adds the fields that earlier releases lack.
func merge(release, name string, known, fields []string) []string {
next:
	for _, field := range fields {
		key, _, _ := strings.Cut(field, ":")
		for _, other := range known {
			if strings.HasPrefix(other, key+":") {
				if other != field {
					log.Fatalf("%s: %s was %s, and is %s in %s", name, key, other, field, release)
				}
				continue next
			}
		}
		known = append(known, field)
	}
	return known
}

func load(folder string) {
	files, _ := filepath.Glob(filepath.Join(folder, "*.go"))
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		source, err := os.ReadFile(file)
		if err != nil {
			log.Fatal(err)
		}
		if strings.Contains(string(source), "//go:build consulent") {
			continue
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), file, source, 0)
		if err != nil {
			log.Fatal(err)
		}
		for _, decl := range parsed.Decls {
			switch decl := decl.(type) {
			case *ast.GenDecl:
				for _, spec := range decl.Specs {
					if spec, ok := spec.(*ast.TypeSpec); ok {
						name := parsed.Name.Name + "." + spec.Name.Name
						definitions[name] = definition{parsed.Name.Name, spec}
					}
				}
			case *ast.FuncDecl:
				if decl.Name.Name == "UnmarshalBinary" && decl.Recv != nil {
					packed[parsed.Name.Name+"."+strings.TrimPrefix(expr(decl.Recv.List[0].Type), "*")] = true
				}
			}
		}
	}
}

func expr(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.Ident:
		return e.Name
	case *ast.StarExpr:
		return "*" + expr(e.X)
	case *ast.SelectorExpr:
		return expr(e.X) + "." + e.Sel.Name
	}
	return fmt.Sprintf("%T", e)
}

var basic = map[string]string{
	"string": "string", "bool": "bool", "int": "int64", "int8": "int8", "int16": "int16", "int32": "int32",
	"int64": "int64", "uint": "uint64", "uint8": "uint8", "byte": "uint8", "uint16": "uint16",
	"uint32": "uint32", "uint64": "uint64", "float32": "float32", "float64": "float64", "any": "any",
}

// Types of packages that are not among those above.
var other = map[string]string{
	"time.Time": "time", "time.Duration": "int64", "net.IP": "bytes", "json.RawMessage": "bytes",
	"sync.Mutex": "struct", "sync.RWMutex": "struct",
}

// Describes a type that is used in a package.
func typeOf(e ast.Expr, pkg string) string {
	switch e := e.(type) {
	case *ast.StarExpr:
		return typeOf(e.X, pkg)
	case *ast.Ident:
		if name, ok := basic[e.Name]; ok {
			return name
		}
		return named(pkg + "." + e.Name)
	case *ast.SelectorExpr:
		return named(expr(e))
	case *ast.ArrayType:
		element := typeOf(e.Elt, pkg)
		if element == "uint8" {
			return "bytes"
		}
		return "[" + element + "]"
	case *ast.MapType:
		return "{" + typeOf(e.Key, pkg) + " " + typeOf(e.Value, pkg) + "}"
	case *ast.InterfaceType:
		return "any"
	case *ast.FuncType, *ast.ChanType:
		return "none"
	case *ast.StructType:
		log.Fatalf("expected no struct without a name in %s", pkg)
	}
	log.Fatalf("%s: expected a known type, but found %T", pkg, e)
	return ""
}

func named(name string) string {
	if known, ok := other[name]; ok {
		return known
	}
	definition, ok := definitions[name]
	if !ok {
		log.Fatalf("expected a definition of %s", name)
	}
	switch definition.spec.Type.(type) {
	case *ast.StructType:
		describe(name)
		if packed[name] {
			log.Fatalf("expected no field of %s, which decodes itself", name)
		}
		return short(name)
	case *ast.InterfaceType:
		return "any"
	}
	return typeOf(definition.spec.Type, definition.pkg)
}

// The name of a type: without its package where that is structs.
func short(name string) string { return strings.TrimPrefix(name, "structs.") }

func describe(name string) {
	if _, known := done[short(name)]; known {
		return
	}
	done[short(name)] = nil
	done[short(name)] = fields(name, map[string]bool{})
}

func fields(name string, seen map[string]bool) []string {
	definition := definitions[name]
	list, ok := definition.spec.Type.(*ast.StructType)
	if !ok {
		log.Fatalf("expected %s to be a struct", name)
	}
	var out []string
	for _, field := range list.Fields.List {
		tag := ""
		if field.Tag != nil {
			tag = reflect.StructTag(strings.Trim(field.Tag.Value, "`")).Get("codec")
		}
		if tag == "-" {
			continue
		}
		if len(field.Names) == 0 {
			embedded := strings.TrimPrefix(expr(field.Type), "*")
			if !strings.Contains(embedded, ".") {
				embedded = definition.pkg + "." + embedded
			}
			target, known := definitions[embedded]
			// An alias names the struct itself.
			for known {
				alias, isName := target.spec.Type.(*ast.SelectorExpr)
				if !isName {
					break
				}
				embedded = expr(alias)
				target, known = definitions[embedded]
			}
			if known {
				if _, isStruct := target.spec.Type.(*ast.StructType); isStruct && tag == "" {
					if packed[embedded] {
						log.Fatalf("%s embeds %s, whose decoding it takes over", name, embedded)
					}
					out = append(out, fields(embedded, seen)...)
					continue
				}
			}
			if embedded == "sync.RWMutex" || embedded == "sync.Mutex" {
				continue
			}
			log.Fatalf("%s: expected the embedded %s to be a struct", name, embedded)
		}
		for _, identifier := range field.Names {
			if !identifier.IsExported() || seen[identifier.Name] {
				continue
			}
			seen[identifier.Name] = true
			key := identifier.Name
			if head, _, _ := strings.Cut(tag, ","); head != "" {
				key = head
			}
			described := typeOf(field.Type, definition.pkg)
			if described == "none" {
				continue
			}
			out = append(out, key+":"+described)
		}
	}
	return out
}
