// Package structs is named after Consul's package, since the errors of encoding/json print the name.
package structs

// PeeringToken has the members of Consul's struct, in its order: that is the order of the JSON.
type PeeringToken struct {
	CA                    []string
	ManualServerAddresses []string
	ServerAddresses       []string
	ServerName            string
	PeerID                string
	EstablishmentSecret   string
	Remote                PeeringTokenRemote
}

// PeeringTokenRemote says where the acceptor is.
type PeeringTokenRemote struct {
	Partition  string
	Datacenter string
	Locality   *Locality
}

// Locality leaves out what is empty.
type Locality struct {
	Region string `json:",omitempty"`
	Zone   string `json:",omitempty"`
}
