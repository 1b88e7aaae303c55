//! What is said when the dialer is given a token, before it dials.

use super::{KnownError, Moment, plain};
use peering_token::Stage;

const ESTABLISH: KnownError = plain(Moment::Establish);

pub(super) static ANSWERS: &[KnownError] = &[
    KnownError {
        name: "establish-name-missing",
        stage: Some(Stage::Request),
        texts: &["PeerName is required in the payload when establishing a peering."],
        what: "The request to establish names no peer.",
        why: "The dialer gives the peering a name of its own. The token has none in it.",
        tell: "Look at PeerName in the body of the request.",
        fix: "Add PeerName to the body, or -name to consul peering establish.",
        related: &["name-missing"],
        ..ESTABLISH
    },
    KnownError {
        name: "token-missing",
        stage: Some(Stage::Request),
        texts: &[
            "PeeringToken is required in the payload when establishing a peering.",
            "Missing the required -peering-token flag",
        ],
        what: "The request to establish has no token.",
        why: "The token was left out or is empty. In a shell, a variable that is unset or a file that is empty does this.",
        tell: "Look at -peering-token, or at PeeringToken in the body: echo \"${#TOKEN}\" prints the length of a variable.",
        fix: "Give the token: consul peering establish -name east -peering-token \"$(cat token)\".",
        ..ESTABLISH
    },
    KnownError {
        name: "base64-corrupt",
        stage: Some(Stage::Base64),
        shared: &[
            "failed to decode token: illegal base64 data at input byte <offset>",
            "illegal base64 data at input byte <offset>",
        ],
        what: "The token is not base64 as Go reads it.",
        why: "A server takes standard base64 with its padding. Line ends are skipped, and nothing else: a blank, a quote, the URL alphabet ('-' and '_'), missing '=' signs or a token that was cut off are refused. The number is where Go stopped, counted from 0; a number at the token's end points to missing padding or a cut.",
        tell: "peertok decode @token.txt says what is at that place. A whole token starts with eyJ.",
        fix: "Copy the token again, whole and without quotes or blanks. In Kubernetes the data of a Secret is base64 once more: decode it once before it is used elsewhere.",
        ..ESTABLISH
    },
    KnownError {
        name: "addresses-missing",
        stage: Some(Stage::Addresses),
        texts: &["peering token server addresses value is empty"],
        what: "The token has no address to dial.",
        why: "Both ServerAddresses and ManualServerAddresses are empty, or null. A text of base64 that is some other JSON object ends here too, since it has none of a token's fields.",
        tell: "peertok decode @token.txt shows both lists, and whether this is a token at all.",
        fix: "Make the token again, or add an address with peertok edit --add-address HOST:8503.",
        ..ESTABLISH
    },
    KnownError {
        name: "address-invalid",
        stage: Some(Stage::Addresses),
        texts: &["<address> is not a valid peering server address"],
        shared: &["is not a valid peering server address"],
        what: "An address of the token is not host:port.",
        why: "generate-token puts -server-external-addresses into a token as they were typed, unchecked. Establish wants a host and a port from 1 to 65535 in each address of both lists, the manual ones first. A missing port, an https:// before it, an IPv6 address without brackets and an empty entry are refused.",
        tell: "The address stands before the message; nothing at all stands there for an empty one, as a comma at the end of the list makes it. peertok decode @token.txt shows the lists.",
        fix: "Make the token again with -server-external-addresses HOST:8503, IPv6 as [ADDRESS]:8503, and no blank after a comma; or mend it with peertok edit --set-address.",
        ..ESTABLISH
    },
    KnownError {
        name: "server-name-missing",
        stage: Some(Stage::ServerName),
        texts: &["peering token server name value is empty"],
        what: "The token has roots, but no server name.",
        why: "With roots the dialer uses TLS and checks the acceptor's certificate against ServerName. A server always writes it: the token was edited or made by hand.",
        tell: "peertok decode @token.txt shows the server name.",
        fix: "Make the token again. The name is server.DATACENTER.peering.CLUSTER-ID.consul, the datacenter in lower case.",
        ..ESTABLISH
    },
    KnownError {
        name: "peer-id-missing",
        stage: Some(Stage::PeerId),
        texts: &["peering token peer ID value is empty"],
        what: "The token has no peer ID.",
        why: "PeerID is how the acceptor finds the peering. A server always writes it: the token was edited or made by hand.",
        tell: "peertok decode @token.txt shows the peer ID.",
        fix: "Make the token again.",
        ..ESTABLISH
    },
    KnownError {
        name: "ca-pem-headers",
        stage: Some(Stage::Tls),
        texts: &["failed to build TLS dial option from peering: failed to parse PEM"],
        what: "A root of the token does not go into the dialer's certificate pool.",
        why: "The pool skips PEM blocks with headers, such as \"Proc-Type: 4,ENCRYPTED\", and an entry with no other certificate gives nothing to it. The check of the root before this one does not look at headers. By now the peering is written: it stays, PENDING, at the dialer.",
        tell: "The entry stands in the message: lines with a colon below BEGIN CERTIFICATE are the headers.",
        fix: "Take the headers and the blank line after them out of that root at the acceptor's CA, or out of the token; delete the peering that is left before that name is used to make a token.",
        source: "recorded from a server, Consul 1.23.0-dev; Go: crypto/x509, CertPool.AppendCertsFromPEM",
        related: &["name-dialing"],
        ..ESTABLISH
    },
    KnownError {
        name: "token-of-own-cluster",
        texts: &["cannot create a peering within the same cluster \"<name>\""],
        what: "The token was made by the cluster that it is given to.",
        why: "The server name of the token is the dialer's own. Either the token was used at the wrong end, or both clusters share cluster ID and datacenter, as copies of one machine or one snapshot do.",
        tell: "peertok decode @token.txt shows the server name; curl http://127.0.0.1:8500/v1/connect/ca/roots shows the dialer's TrustDomain.",
        fix: "Give the token to the other cluster. Partitions of one cluster need no peering. Clusters that are copies of each other need CAs of their own.",
        related: &["same-cluster"],
        ..ESTABLISH
    },
    KnownError {
        name: "name-waiting",
        texts: &[
            "cannot create peering with name: \"<name>\"; there is an existing peering expecting to be dialed",
        ],
        what: "The name belongs to a peering that this cluster made a token for.",
        why: "A name is used in one direction. This cluster has made a token under it and waits to be dialed.",
        tell: "consul peering list shows the name; with no addresses of the peer it is one that waits.",
        fix: "Establish under another name, or delete the peering of that name first: consul peering delete -name NAME.",
        related: &["name-taken", "name-dialing"],
        ..ESTABLISH
    },
    KnownError {
        name: "peering-disabled",
        texts: &["peering must be enabled to use this endpoint"],
        what: "Peering is turned off on the server that was asked.",
        why: "The configuration has peering { enabled = false }. This has nothing to do with the token, and is said for generate-token too.",
        tell: "Look for peering in the configuration of the servers. It is on where nothing is said.",
        fix: "Take the setting out, or set peering.enabled to true, on all servers, and restart them.",
        ..ESTABLISH
    },
    KnownError {
        name: "permission-denied",
        texts: &["lacks permission 'peering:<access>'"],
        shared: &["Permission denied"],
        what: "The ACL token of the request may not do this.",
        why: "Making a token and establishing need peering = \"write\", at each end with an ACL token of that cluster. \"anonymous token\" means that the request had no ACL token. This is not about the peering token.",
        tell: "consul acl token read -self shows what the ACL token may do. The message names its accessor ID and the permission.",
        fix: "Give the request an ACL token whose policy has peering = \"write\", with CONSUL_HTTP_TOKEN or the header X-Consul-Token.",
        ..ESTABLISH
    },
    KnownError {
        name: "acl-token-unknown",
        shared: &["ACL not found"],
        what: "The cluster does not know the ACL token of the request.",
        why: "It was deleted, belongs to another cluster, or went away when an older snapshot was restored. This is not about the peering token.",
        tell: "consul acl token read -self fails in the same way.",
        fix: "Use an ACL token of the cluster that is asked. After a restore, the ACL tokens of the snapshot are the ones that count.",
        ..ESTABLISH
    },
    KnownError {
        name: "peering-marked-for-deletion",
        texts: &["cannot write to peering that is marked for deletion"],
        what: "A peering of that name is being deleted.",
        why: "A deletion takes a while: the leader first removes what was imported from the peer. Until then nothing can be written to it.",
        tell: "consul peering read -name NAME shows the state DELETING.",
        fix: "Wait until consul peering list no longer shows the name, then try again.",
        source: "Consul 1.20.1: agent/consul/state/peering.go, PeeringWrite",
        related: &["peering-deleting"],
        ..ESTABLISH
    },
];
