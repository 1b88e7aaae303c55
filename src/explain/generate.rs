//! What is said when the acceptor is asked for a token, by its server or by Consul's command line.

use super::{KnownError, Moment, plain};

const GENERATE: KnownError = plain(Moment::Generate);

pub(super) static ANSWERS: &[KnownError] = &[
    KnownError {
        name: "name-missing",
        texts: &["PeerName is required in the payload when generating a new peering token."],
        shared: &["Missing the required -name flag"],
        what: "The request names no peer.",
        why: "A peering has a name at each end, which is given with -name or PeerName. It is not a part of the token, so that each end may choose its own.",
        tell: "Look at the command, or at the body of the request: PeerName is missing or empty.",
        fix: "Give the name: consul peering generate-token -name west, or at the dialer consul peering establish -name east -peering-token TOKEN.",
        ..GENERATE
    },
    KnownError {
        name: "format-invalid",
        shared: &["Invalid format, valid formats are {"],
        what: "The -format flag has another value than pretty or json.",
        why: "generate-token prints the token by itself (pretty) or in a JSON object (json), and nothing else.",
        tell: "Look at the -format flag of the command.",
        fix: "Use -format json, or leave the flag out.",
        ..GENERATE
    },
    KnownError {
        name: "meta-no-equals",
        texts: &["for flag -meta: Missing \"=\" value in argument: <pair>"],
        shared: &["Missing \"=\" value in argument: <pair>"],
        what: "A -meta flag has no pair of key and value.",
        why: "The flag wants key=value, once for each pair. Without the equals sign Consul's command line refuses it before it asks a server.",
        tell: "The message ends with the argument at fault.",
        fix: "Write -meta key=value, and repeat the flag for the next pair.",
        ..GENERATE
    },
    KnownError {
        name: "agent-unreachable",
        texts: &[
            "/v1/peering/<path>\": dial tcp <agent>: connect: connection refused",
            "/v1/peering/<path>\": dial tcp <agent>: i/o timeout",
            "/v1/peering/<path>\": dial tcp: lookup <agent>: no such host",
            "/v1/peering/<path>\": dial tcp: lookup <agent> on <resolver>: no such host",
        ],
        what: "The command line did not reach an agent of its own cluster.",
        why: "consul peering asks an agent over HTTP, by default at 127.0.0.1:8500. That is not the dialing of the other cluster, and says nothing about the token.",
        tell: "The address in the message is the one of the HTTP API. consul members fails in the same way.",
        fix: "Start the agent, or name it with -http-addr or CONSUL_HTTP_ADDR. Where the API uses TLS, the address starts with https:// and the port is 8501 by default.",
        source: "recorded from the command line of Consul 1.20.1 (connection refused); the others are Go's net package in the same place",
        ..GENERATE
    },
    KnownError {
        name: "body-missing",
        texts: &["The peering arguments must be provided in the body"],
        shared: &["Body decoding failed: EOF"],
        what: "The request to the HTTP API has no body.",
        why: "/v1/peering/token and /v1/peering/establish take their arguments as JSON in the body, not as query parameters.",
        tell: "Look at how the request is sent: curl needs --data, with @ before the name of a file.",
        fix: "Send the body, such as {\"PeerName\":\"west\"}. For establish, peertok writes it into a file for curl --data @FILE.",
        ..GENERATE
    },
    KnownError {
        name: "body-not-json",
        shared: &["Body decoding failed: <reason>"],
        what: "The body of the request is no JSON, or a member has the wrong type.",
        why: "The server reads the body before it looks at the token in it. A shell that takes quotes away, or a token pasted with its line ends, spoils the JSON.",
        tell: "The rest of the message is Go's reason. Save the body to a file and run jq . on it.",
        fix: "Write the body into a file with a tool that quotes JSON, such as jq -n --arg t \"$(cat token)\" '{PeerName:\"east\",PeeringToken:$t}', and send that.",
        related: &["body-missing", "json-not-json"],
        ..GENERATE
    },
    KnownError {
        name: "peer-name-invalid",
        texts: &["<name> is not a valid peer name"],
        shared: &["a valid peering name must consist of lower case alphanumeric characters"],
        what: "The name of the peer is not one that Consul takes.",
        why: "A name has 1 to 63 characters of a to z, 0 to 9 and '-', and starts and ends with a letter or digit. It becomes a part of DNS names.",
        tell: "The name stands before the message. Upper case, '_' and '.' are what is most often wrong.",
        fix: "Choose another name. The two ends need not use the same one.",
        versions: "tried on Consul 1.20.1; upper case was allowed before 1.14.4",
        ..GENERATE
    },
    KnownError {
        name: "partition-not-enterprise",
        texts: &[
            "Invalid query parameter: \"partition\" - Partitions are a Consul Enterprise feature",
        ],
        shared: &["Partitions are a Consul Enterprise feature"],
        what: "A partition is named, and the server is of the community edition.",
        why: "Admin partitions are in Consul Enterprise alone. The community edition refuses the -partition flag, CONSUL_PARTITION and the partition parameter, with status 400, and the member Partition of generate-token's body, with 500.",
        tell: "Look for -partition, --partition, CONSUL_PARTITION in the environment, and ?partition= in the URL. consul version names the edition: Enterprise has +ent behind the number.",
        fix: "Leave the partition out.",
        ..GENERATE
    },
    KnownError {
        name: "meta-key-blank",
        texts: &["Couldn't load metadata pair (<pair>): Key cannot be blank"],
        shared: &["Key cannot be blank"],
        what: "A pair of the metadata has an empty key.",
        why: "Metadata is checked before the peering is written: every key needs at least one character.",
        tell: "The pair stands in the message. In a shell, -meta \"$KEY=value\" with an unset KEY does this.",
        fix: "Give the pair a key, or leave it out.",
        ..GENERATE
    },
    KnownError {
        name: "meta-key-characters",
        texts: &["Couldn't load metadata pair (<pair>): Key contains invalid characters"],
        shared: &["Key contains invalid characters"],
        what: "A key of the metadata has a character that is not allowed.",
        why: "Keys are made of A to Z, a to z, 0 to 9, '_' and '-'. Dots, slashes and blanks are refused; values may have them.",
        tell: "The pair stands in the message, the key first.",
        fix: "Rename the key.",
        ..GENERATE
    },
    KnownError {
        name: "meta-key-long",
        texts: &["Couldn't load metadata pair (<pair>): Key is too long (limit: 128 characters)"],
        shared: &["Key is too long (limit: 128 characters)"],
        what: "A key of the metadata is longer than 128 bytes.",
        why: "Consul limits keys to 128 and values to 512. It says characters, and counts bytes.",
        tell: "The pair stands in the message, the key first.",
        fix: "Shorten the key.",
        ..GENERATE
    },
    KnownError {
        name: "meta-key-reserved",
        texts: &[
            "Couldn't load metadata pair (<pair>): Key prefix 'consul-' is reserved for internal use",
        ],
        shared: &["Key prefix 'consul-' is reserved for internal use"],
        what: "A key of the metadata starts with consul-.",
        why: "That prefix is Consul's own.",
        tell: "The pair stands in the message, the key first.",
        fix: "Rename the key.",
        ..GENERATE
    },
    KnownError {
        name: "meta-value-long",
        texts: &["Couldn't load metadata pair (<pair>): Value is too long (limit: 512 characters)"],
        shared: &["Value is too long (limit: 512 characters)"],
        what: "A value of the metadata is longer than 512 bytes.",
        why: "Consul limits keys to 128 and values to 512. It says characters, and counts bytes.",
        tell: "The pair stands in the message, the value second.",
        fix: "Shorten the value, or keep it elsewhere and put a reference to it here.",
        ..GENERATE
    },
    KnownError {
        name: "meta-too-many",
        texts: &[
            "meta tags failed validation: Node metadata cannot contain more than 64 key/value pairs",
        ],
        shared: &["Node metadata cannot contain more than 64 key/value pairs"],
        what: "The metadata has more than 64 pairs.",
        why: "The check is the one of the metadata of nodes, and so is its message.",
        tell: "Count the -meta flags, or the members of Meta in the body.",
        fix: "Leave pairs out until there are 64 or fewer.",
        ..GENERATE
    },
    KnownError {
        name: "name-dialing",
        texts: &[
            "cannot create peering with name: \"<name>\"; there is already an established peering",
        ],
        what: "The name belongs to a peering that this cluster dials.",
        why: "A name is used in one direction: this cluster either makes tokens for it or establishes with a token. An establish that failed while it dialed leaves such a peering behind as well.",
        tell: "consul peering list shows the name. consul peering read -name NAME shows addresses of the peer where this cluster dials.",
        fix: "Take another name, or delete the peering of that name first: consul peering delete -name NAME. That ends it if it is in use.",
        related: &["name-waiting"],
        ..GENERATE
    },
    KnownError {
        name: "connect-disabled",
        texts: &[
            "connect.enabled must be set to true in the server's configuration when generating peering tokens",
        ],
        what: "The mesh (connect) is turned off on the acceptor's servers.",
        why: "A token carries the roots of the mesh CA, and without connect there is no CA.",
        tell: "Look for connect { enabled = true } in the configuration of every server.",
        fix: "Set connect.enabled to true on all servers and restart them, one after the other.",
        ..GENERATE
    },
    KnownError {
        name: "grpc-tls-off",
        texts: &["TLS for gRPC must be enabled when generating peering tokens"],
        what: "The acceptor's server has no gRPC port with TLS.",
        why: "Peers dial the gRPC port, and a token is made only where that can be done with TLS: through ports.grpc_tls, or the older ports.grpc with TLS turned on for it.",
        tell: "Look at ports.grpc_tls in the server's configuration: -1 turns it off, 8503 is usual. consul agent prints its ports when it starts.",
        fix: "Set ports.grpc_tls to 8503 on all servers and restart them.",
        source: "recorded from a server, Consul 1.20.1, with grpc_tls set to -1",
        ..GENERATE
    },
    KnownError {
        name: "ca-not-ready",
        texts: &["CA has not finished initializing"],
        what: "The server has no root of the mesh CA yet.",
        why: "A leader makes the CA shortly after it is elected. Until then, or for as long as the CA provider fails, there is no root. At a dialer it also stands behind \"failed to fetch TLS materials\", and then connect may be turned off there.",
        tell: "curl http://127.0.0.1:8500/v1/connect/ca/roots fails or has no ActiveRootID. The leader's log has lines of agent.server.connect or of the provider.",
        fix: "Wait some seconds and try again. If it stays, look at the CA provider's configuration, and at connect.enabled.",
        source: "recorded from a server, Consul 1.20.1, with connect turned off at the dialer",
        related: &["connect-disabled"],
        ..GENERATE
    },
    KnownError {
        name: "grpc-port-missing",
        texts: &["a grpc bind port must be specified in the configuration for all servers"],
        what: "No server in the catalog has a gRPC port.",
        why: "The addresses of a token come from the service consul in the catalog, each with the service meta grpc_tls_port or grpc_port. An instance without a positive port is left out, and here none is left.",
        tell: "curl http://127.0.0.1:8500/v1/catalog/service/consul and look at ServiceMeta. Just after a start or a restore the catalog may still be empty.",
        fix: "Set ports.grpc_tls on all servers and restart them; after a restore, wait a minute.",
        source: "Consul 1.20.1: agent/consul/peering_backend.go, serverAddresses",
        related: &["grpc-tls-off"],
        ..GENERATE
    },
    KnownError {
        name: "gateways-missing",
        texts: &[
            "servers are configured to PeerThroughMeshGateways, but no mesh gateway instances are registered",
        ],
        what: "Peering is to go through mesh gateways, and there are none.",
        why: "The config entry mesh has Peering.PeerThroughMeshGateways set to true, so that a token gets the addresses of mesh gateways in place of the servers'.",
        tell: "consul config read -kind mesh -name mesh shows the setting; consul catalog services lists no mesh gateway.",
        fix: "Register a mesh gateway with an address that the other cluster reaches, or turn PeerThroughMeshGateways off.",
        versions: "tried on Consul 1.20.1; peering through mesh gateways is there since 1.14",
        ..GENERATE
    },
];
