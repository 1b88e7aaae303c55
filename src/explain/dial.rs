//! What is said when the dialer dials the acceptor to exchange the token's secret.
//!
//! Most of it comes from Go's network, TLS and gRPC libraries, which say the same elsewhere.

use super::{KnownError, Moment, plain};

const DIAL: KnownError = plain(Moment::Dial);

pub(super) static ANSWERS: &[KnownError] = &[
    KnownError {
        name: "secret-invalid",
        texts: &[
            "a new peering token must be generated: invalid peering establishment secret",
            "invalid peering establishment secret",
        ],
        what: "The acceptor does not know the secret of the token, or not any more.",
        why: "A token works once. This one was used, or a later generate-token for the same name replaced its secret, or the peering was deleted at the acceptor, or the acceptor never had it: another cluster, a snapshot from before the token, or an offline token whose snapshot was not restored. The status is 403, and the acceptor was reached: addresses and roots are good. A peering that is up stays up, so a second establish for it says this too.",
        tell: "consul peering list at both ends: if the peering is ACTIVE, the token did its work. peertok validate @token.txt --snapshot acceptor.snap tells which of the reasons it is.",
        fix: "If the peering is up, nothing. Else make a new token at the acceptor and use it once. On Kubernetes, any change of the Secret at the dialer establishes again with the same token: let the acceptor write a new one.",
        related: &["token-used", "token-superseded", "token-unknown"],
        ..DIAL
    },
    KnownError {
        name: "secret-empty",
        texts: &[
            "invalid establishment secret: peering was already established",
            "cannot exchange peering secret: no known secrets for peering",
        ],
        what: "The token has no secret, or its secret went away while it was exchanged.",
        why: "The secret that was sent equals the one that the acceptor has left, none, but the exchange finds no secret to take out. A token whose EstablishmentSecret is empty does this once the real token was used.",
        tell: "peertok decode @token.txt shows secret none.",
        fix: "Make a new token at the acceptor and pass it on whole.",
        related: &["secret-missing", "secret-invalid"],
        ..DIAL
    },
    KnownError {
        name: "dial-refused",
        shared: &["connect: connection refused"],
        what: "Nothing listens at the address, or a firewall refuses.",
        why: "The host was reached and answered that the port is closed. The address in the token may be an old or an inner one, the port one on which the acceptor does not serve gRPC (8503 with TLS by default), or the servers are down. A host without a firewall that drops answers at once, so that there are many tries.",
        tell: "From the dialer's server: openssl s_client -connect <address> -alpn h2. At the acceptor: ss -ltn shows whether the port is open, and consul agent's first lines tell its gRPC TLS port.",
        fix: "Make the token again with -server-external-addresses HOST:8503, an address that the dialer reaches, or put that address into this token with peertok edit --set-address. With manual addresses in a token, they alone are dialed.",
        related: &["dial-timeout", "agent-unreachable"],
        ..DIAL
    },
    KnownError {
        name: "dial-timeout",
        shared: &["i/o timeout", "context deadline exceeded"],
        what: "No answer came from the address in time.",
        why: "A firewall drops what is sent, the address leads nowhere from the dialer's network, or what listens there takes connections and says nothing, as a load balancer without a healthy server does. Each try waits, so there are few: often one.",
        tell: "From the dialer's server: nc -vz HOST PORT for <address>. If it connects, try openssl s_client -connect <address> -alpn h2 and see whether a certificate comes.",
        fix: "Open the way from the dialer's servers to the port, or make the token with an address that the dialer reaches: -server-external-addresses HOST:8503.",
        related: &["dial-refused", "address-private"],
        ..DIAL
    },
    KnownError {
        name: "dial-unreachable",
        shared: &[
            "connect: no route to host",
            "connect: network is unreachable",
        ],
        what: "The dialer's network has no way to the address.",
        why: "The dialer's own system, or a router near it, says that it cannot get there: an address of another private network, IPv6 without IPv6, or a host that is off.",
        tell: "From the dialer's server: ip route get HOST for <address>.",
        fix: "Make the token with an address that the dialer reaches: -server-external-addresses HOST:8503.",
        source: "Go: net and syscall, the texts of EHOSTUNREACH and ENETUNREACH",
        related: &["dial-timeout", "address-private"],
        ..DIAL
    },
    KnownError {
        name: "host-unknown",
        shared: &[
            "lookup <host> on <resolver>: no such host",
            "lookup <host>: no such host",
        ],
        what: "The dialer cannot resolve a host name of the token.",
        why: "The name is known where the token was made and not at the dialer, or it is misspelt. A blank before or after an address makes a name of it as well: \"lookup  10.0.0.1\" has two blanks.",
        tell: "From the dialer's server: getent hosts HOST for <host>. peertok validate @token.txt finds blanks in addresses.",
        fix: "Use a name that both ends resolve, or an IP address: make the token again with -server-external-addresses, without a blank after a comma, or mend it with peertok edit --set-address.",
        related: &["address-whitespace", "address-host-invalid"],
        ..DIAL
    },
    KnownError {
        name: "plaintext-to-tls",
        shared: &["error reading server preface: EOF"],
        what: "The dialer spoke plaintext to a port that has TLS.",
        why: "The token has no roots, so the dialer uses plaintext gRPC, and the acceptor's TLS port closes the connection. The token was made where the mesh CA had no roots for it, or with \"CA\":null as in the sample of Consul's documentation.",
        tell: "peertok decode @token.txt shows no roots; such a token starts with eyJDQSI6bnVs.",
        fix: "Make the token again at the acceptor. By hand, add the acceptor's root and server name: peertok edit --add-ca root.pem.",
        related: &["no-ca"],
        ..DIAL
    },
    KnownError {
        name: "tls-to-plaintext",
        shared: &["tls: first record does not look like a TLS handshake"],
        what: "The dialer spoke TLS to a port that has none.",
        why: "The token has roots, so the dialer uses TLS, and what answered is no TLS: the HTTP API (8500), plaintext gRPC (8502), or a proxy that ends TLS before the port.",
        tell: "From the dialer's server: openssl s_client -connect <address> says \"wrong version number\" or the like. Look at the port.",
        fix: "Use the gRPC TLS port, 8503 by default: make the token again with -server-external-addresses HOST:8503, or mend it with peertok edit --set-address.",
        related: &["address-http-port", "address-plaintext-port", "not-grpc"],
        ..DIAL
    },
    KnownError {
        name: "not-grpc",
        shared: &["error reading server preface: http2: frame too large"],
        what: "What answered at the address is no gRPC server.",
        why: "The dialer, which speaks plaintext here since the token has no roots, was answered in HTTP/1 or something else. The HTTP API (8500) does this.",
        tell: "From the dialer's server: curl -v http://<address>/v1/status/leader answers at the HTTP API.",
        fix: "Use the gRPC TLS port, 8503 by default, and a token with the acceptor's roots.",
        related: &["address-http-port", "no-ca", "tls-to-plaintext"],
        ..DIAL
    },
    KnownError {
        name: "connection-reset",
        shared: &["read: connection reset by peer"],
        what: "What answered at the address hung up during the TLS handshake.",
        why: "The server RPC port (8300) does this, since it takes the first byte of TLS for a request that it does not know. A firewall or a proxy that looks into TLS may do it too.",
        tell: "If the port is 8300: the acceptor's log has \"unrecognized RPC byte\" at the same moment.",
        fix: "Use the gRPC TLS port, 8503 by default: make the token again with -server-external-addresses HOST:8503.",
        related: &["dial-refused"],
        ..DIAL
    },
    KnownError {
        name: "ca-unknown-authority",
        shared: &["x509: certificate signed by unknown authority"],
        what: "The acceptor's certificate is not signed by a root of the token.",
        why: "The roots in the token are another cluster's, or older than the acceptor's present CA, or something between the two ends TLS and shows its own certificate: a load balancer, an ingress, a proxy that inspects. Peering wants TLS to be passed through.",
        tell: "From the dialer's server: openssl s_client -connect <address> -servername SERVER-NAME -alpn h2 -showcerts, with the server name from peertok decode @token.txt, and compare the issuer with the roots that decode shows.",
        fix: "Where a proxy ends TLS, set it to TCP passthrough. Else make the token again at the acceptor; with a snapshot, peertok validate --snapshot acceptor.snap says whether the root is there.",
        related: &["ca-root-missing", "ca-cannot-sign"],
        ..DIAL
    },
    KnownError {
        name: "ca-cannot-sign",
        shared: &[
            "x509: certificate signed by unknown authority (possibly because of \"x509: invalid signature: parent certificate cannot sign this kind of certificate\" while trying to verify candidate authority certificate \"<root>\")",
            "parent certificate cannot sign this kind of certificate",
        ],
        what: "A root of the token is no CA certificate.",
        why: "The acceptor's certificate names this root as its issuer, but the root lacks CA:TRUE or the key usage keyCertSign, and then signs nothing for Go.",
        tell: "openssl x509 -in root.pem -noout -ext basicConstraints,keyUsage. peertok decode @token.txt says \"no CA\" beside such a root.",
        fix: "Give the acceptor a root with CA:TRUE and keyCertSign, and make the token again.",
        related: &["ca-not-a-ca", "ca-no-cert-sign"],
        ..DIAL
    },
    KnownError {
        name: "certificate-expired",
        shared: &[
            "x509: certificate has expired or is not yet valid: current time <now> is after <end>",
            "x509: certificate has expired or is not yet valid: current time <now> is before <start>",
            "x509: certificate has expired or is not yet valid",
        ],
        what: "A certificate is outside its dates: the root in the token, or the acceptor's own.",
        why: "Go checks the dates of the whole chain against the dialer's clock, and says the same of a root and of a server's certificate. \"is after\" means expired, \"is before\" means not yet valid; the second is most often a clock that is off.",
        tell: "The message has the dialer's time: compare it with date -u. peertok validate @token.txt finds roots that have expired. openssl s_client -connect <address> -servername SERVER-NAME -alpn h2 | openssl x509 -noout -dates shows the acceptor's certificate.",
        fix: "Set the clock right. If the root has expired, rotate the acceptor's CA and make the token again; if the server's certificate has, restart that server or mend its CA provider, which renews it.",
        related: &["ca-expired", "ca-not-yet-valid"],
        ..DIAL
    },
    KnownError {
        name: "server-name-wrong",
        shared: &["x509: certificate is valid for <names>, not <name>"],
        what: "The acceptor's certificate is for another name than the token's.",
        why: "The dialer checks ServerName of the token, whatever address it dials. The address leads to another cluster that has the same root, or the server name was edited, or a load balancer answered for something else.",
        tell: "The message has the names of the certificate (<names>) and then that of the token. peertok decode @token.txt shows the token's.",
        fix: "Use a token and addresses of the same cluster. The name is server.DATACENTER.peering.CLUSTER-ID.consul.",
        related: &["server-name-mismatch", "server-name-other"],
        ..DIAL
    },
    KnownError {
        name: "server-name-unrecognized",
        shared: &["remote error: tls: unrecognized name"],
        what: "The acceptor's server has no certificate for the token's server name.",
        why: "Just after a start or a restore, a server has none for peering yet; this passes in seconds. If it stays, the server name is that of no datacenter or trust domain of the acceptor.",
        tell: "Try again after a minute. peertok decode @token.txt shows the server name; curl http://127.0.0.1:8500/v1/connect/ca/roots at the acceptor shows its TrustDomain.",
        fix: "Wait and try again. If it stays, make the token again at the acceptor.",
        related: &["server-name-mismatch", "server-name-other"],
        ..DIAL
    },
    KnownError {
        name: "alpn-missing",
        shared: &[
            "credentials: cannot check peer: missing selected ALPN property",
            "missing selected ALPN property",
        ],
        what: "The dialer is newer than the acceptor in a way that keeps them apart.",
        why: "Consul 1.22 and later, built with a newer gRPC, wants the acceptor to agree on HTTP/2 by ALPN in the TLS handshake. The peering port of 1.21 and earlier does not do so. The other way round works: an older dialer does not ask. A load balancer that ends TLS without ALPN may look the same.",
        tell: "consul version on the servers of both ends. openssl s_client -connect <address> -servername SERVER-NAME -alpn h2 says \"No ALPN negotiated\".",
        fix: "Let the older cluster dial: make the token at the newer one. Or bring the acceptor to 1.22 or later.",
        versions: "a dialer of 1.22 or later with an acceptor of 1.21 or earlier; tried in all 42 pairs of 1.16 to 1.23",
        source: "tried with servers of seven releases; Go: google.golang.org/grpc/credentials",
        related: &["dialer-too-new"],
        ..DIAL
    },
    KnownError {
        name: "alpn-refused",
        shared: &["remote error: tls: no application protocol"],
        what: "What answered at the address does not speak HTTP/2.",
        why: "The dialer offers HTTP/2 by ALPN, and the other side knows other protocols alone. Consul's servers do not say this: it is a load balancer, an ingress or a web server that ends TLS.",
        tell: "openssl s_client -connect <address> -alpn http/1.1 works, and shows whose certificate is there.",
        fix: "Set what is between the two to TCP passthrough, or use another address.",
        source: "recorded from a dialer of Consul 1.20.1 against openssl s_server -alpn http/1.1",
        related: &["ca-unknown-authority"],
        ..DIAL
    },
    KnownError {
        name: "dial-failed",
        texts: &["failed to exchange peering secret through address \"<address>\": <words>"],
        what: "Dialing this address failed, for a reason that is not known here.",
        why: "The words behind the address are those of Go's gRPC, TLS or network library.",
        tell: "From the dialer's server: openssl s_client -connect <address> -servername SERVER-NAME -alpn h2, with the server name from peertok decode @token.txt.",
        fix: "Go by those words. Where they name a port or a certificate, peertok decode @token.txt shows what the token says of it.",
        ..DIAL
    },
];
