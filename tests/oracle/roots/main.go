// Command roots makes root certificates with one property each, and asks crypto/x509 whether a
// dialer that trusts them takes a certificate that they issued, as crypto/tls asks it:
//
//	cd tests/oracle && go run ./roots > ../../fixtures/findings/go-verify.json
//
// Keys and signatures differ from run to run; the answers do not. Go signs nothing of what a
// certificate must not be, so the certificates are put together here.
package main

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/json"
	"encoding/pem"
	"log"
	"math/big"
	"os"
	"strings"
	"time"
)

const serverName = "server.dc1.peering.11111111-2222-3333-4444-555555555555.consul"

var (
	from = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	to   = time.Date(2036, 1, 1, 0, 0, 0, 0, time.UTC)
	noon = time.Date(2026, 12, 1, 0, 0, 0, 0, time.UTC)
)

type algorithm struct {
	oid  asn1.ObjectIdentifier
	null bool
	hash crypto.Hash
}

var (
	ecdsaSHA256 = algorithm{asn1.ObjectIdentifier{1, 2, 840, 10045, 4, 3, 2}, false, crypto.SHA256}
	ecdsaSHA1   = algorithm{asn1.ObjectIdentifier{1, 2, 840, 10045, 4, 1}, false, crypto.SHA1}
	rsaSHA256   = algorithm{asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 11}, true, crypto.SHA256}
	pureEd25519 = algorithm{asn1.ObjectIdentifier{1, 3, 101, 112}, false, 0}
)

func (a algorithm) identifier() pkix.AlgorithmIdentifier {
	identifier := pkix.AlgorithmIdentifier{Algorithm: a.oid}
	if a.null {
		identifier.Parameters = asn1.NullRawValue
	}
	return identifier
}

// tbs is the signed part of a certificate (RFC 5280, section 4.1).
type tbs struct {
	Version    int `asn1:"optional,explicit,default:0,tag:0"`
	Serial     *big.Int
	Signature  pkix.AlgorithmIdentifier
	Issuer     asn1.RawValue
	Validity   struct{ NotBefore, NotAfter time.Time }
	Subject    asn1.RawValue
	Key        asn1.RawValue
	Extensions []pkix.Extension `asn1:"omitempty,optional,explicit,tag:3"`
}

type certificate struct {
	TBS       tbs
	Algorithm pkix.AlgorithmIdentifier
	Signature asn1.BitString
}

// root is how one root is to be.
type root struct {
	name       string
	version    int // as X.509 counts: 0 is version 1
	from, to   time.Time
	key        crypto.Signer
	spki       []byte // in place of the key's own
	algorithm  algorithm
	extensions []pkix.Extension
	damaged    bool // the last byte of its own signature is flipped
}

func (r root) build(subject string, issuer string, signer crypto.Signer, algorithm algorithm) []byte {
	var t tbs
	t.Version = r.version
	t.Serial = big.NewInt(7)
	t.Signature = algorithm.identifier()
	t.Issuer = asn1.RawValue{FullBytes: name(issuer)}
	t.Validity.NotBefore, t.Validity.NotAfter = r.from, r.to
	t.Subject = asn1.RawValue{FullBytes: name(subject)}
	spki := r.spki
	if spki == nil {
		spki = must(x509.MarshalPKIXPublicKey(r.key.Public()))
	}
	t.Key = asn1.RawValue{FullBytes: spki}
	if r.version == 2 {
		t.Extensions = r.extensions
	}
	signed := must(asn1.Marshal(t))
	digest := signed
	switch algorithm.hash {
	case crypto.SHA256:
		sum := sha256.Sum256(signed)
		digest = sum[:]
	case crypto.SHA1:
		sum := sha1.Sum(signed)
		digest = sum[:]
	}
	signature := must(signer.Sign(rand.Reader, digest, algorithm.hash))
	if r.damaged {
		signature[len(signature)-1] ^= 1
	}
	return must(asn1.Marshal(certificate{t, algorithm.identifier(), asn1.BitString{Bytes: signature, BitLength: 8 * len(signature)}}))
}

// issued is a server's certificate that the root has signed.
func (r root) issued() []byte {
	key := must(ecdsa.GenerateKey(elliptic.P256(), rand.Reader))
	leaf := root{version: 2, from: time.Date(1950, 1, 1, 0, 0, 0, 0, time.UTC), to: to.AddDate(10, 0, 0), key: key,
		extensions: []pkix.Extension{names(serverName), purposes(1)}}
	return leaf.build("server", r.name, r.key, r.algorithm)
}

func sound() root {
	return root{name: "root", version: 2, from: from, to: to, algorithm: ecdsaSHA256,
		key:        must(ecdsa.GenerateKey(elliptic.P256(), rand.Reader)),
		extensions: []pkix.Extension{authority(true), usage(5, 6)}}
}

func with(change func(*root)) root {
	r := sound()
	change(&r)
	return r
}

func extensions(extensions ...pkix.Extension) root {
	return with(func(r *root) { r.extensions = extensions })
}

func keyed(key crypto.Signer, algorithm algorithm) root {
	return with(func(r *root) { r.key, r.algorithm = key, algorithm })
}

func rsaKey(bits int) crypto.Signer {
	return must(rsa.GenerateKey(rand.Reader, bits))
}

func name(common string) []byte {
	return must(asn1.Marshal(pkix.Name{CommonName: common}.ToRDNSequence()))
}

func extension(critical bool, value any, id ...int) pkix.Extension {
	return pkix.Extension{Id: id, Critical: critical, Value: must(asn1.Marshal(value))}
}

func authority(isCA bool) pkix.Extension {
	type constraints struct {
		IsCA bool `asn1:"optional"`
	}
	return extension(true, constraints{isCA}, 2, 5, 29, 19)
}

// usage has the bits that are given, as RFC 5280, section 4.2.1.3, counts them.
func usage(bits ...int) pkix.Extension {
	var value asn1.BitString
	if len(bits) > 0 {
		value = asn1.BitString{Bytes: []byte{0}, BitLength: 8}
	}
	for _, bit := range bits {
		value.Bytes[0] |= 0x80 >> bit
	}
	return extension(true, value, 2, 5, 29, 15)
}

// purposes are members of id-kp: 1 is serverAuth, 2 clientAuth.
func purposes(purposes ...int) pkix.Extension {
	var ids []asn1.ObjectIdentifier
	for _, purpose := range purposes {
		ids = append(ids, asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 3, purpose})
	}
	return extension(false, ids, 2, 5, 29, 37)
}

func names(dns ...string) pkix.Extension {
	var values []asn1.RawValue
	for _, name := range dns {
		values = append(values, asn1.RawValue{Class: asn1.ClassContextSpecific, Tag: 2, Bytes: []byte(name)})
	}
	return extension(false, values, 2, 5, 29, 17)
}

// permitted has name constraints that permit one DNS name and what is below it.
func permitted(dns string) pkix.Extension {
	type subtree struct {
		Name string `asn1:"tag:2,ia5"`
	}
	type constraints struct {
		Permitted []subtree `asn1:"tag:0"`
	}
	return extension(true, constraints{[]subtree{{dns}}}, 2, 5, 29, 30)
}

func entry(der []byte, headers ...string) string {
	block := &pem.Block{Type: "CERTIFICATE", Bytes: der}
	if len(headers) > 0 {
		block.Headers = map[string]string{headers[0]: headers[1]}
	}
	return string(pem.EncodeToMemory(block))
}

// answer is one line of the recorded matrix.
type answer struct {
	Name       string   `json:"name"`
	At         string   `json:"at"`
	ServerName string   `json:"server_name"`
	CA         []string `json:"ca"`
	// What Go says; empty where it takes the server's certificate.
	Error string `json:"error"`
}

// verify does what a dialer's TLS does, for a server that shows leaf.
func verify(name string, at time.Time, leaf []byte, ca ...string) answer {
	pool := x509.NewCertPool()
	for _, entry := range ca {
		pool.AppendCertsFromPEM([]byte(entry))
	}
	parsed := must(x509.ParseCertificate(leaf))
	os.Unsetenv("GODEBUG")
	defer os.Setenv("GODEBUG", weakKeys)
	_, err := parsed.Verify(x509.VerifyOptions{Roots: pool, CurrentTime: at, DNSName: serverName,
		Intermediates: x509.NewCertPool()})
	answer := answer{name, at.Format(time.RFC3339Nano), serverName, ca, ""}
	if err != nil {
		answer.Error = err.Error()
	}
	return answer
}

// weakKeys lets Go make and use RSA keys that it refuses by itself. It is not set while Go verifies.
const weakKeys = "rsa1024min=0"

func main() {
	os.Setenv("GODEBUG", weakKeys)
	var answers []answer
	// Roots one by one, each with a certificate that it issued itself.
	own := func(name string, at time.Time, r root) {
		der := r.build(r.name, r.name, r.key, r.algorithm)
		answers = append(answers, verify(name, at, r.issued(), entry(der)))
	}
	own("sound", noon, sound())
	tick := time.Nanosecond
	own("a second before notBefore", from.Add(-time.Second), sound())
	own("a tick before notBefore", from.Add(-tick), sound())
	own("at notBefore", from, sound())
	own("at notAfter", to, sound())
	own("a tick after notAfter", to.Add(tick), sound())
	own("half a second after notAfter", to.Add(500*time.Millisecond), sound())
	own("a second after notAfter", to.Add(time.Second), sound())
	own("without an end", noon, with(func(r *root) { r.to = time.Date(9999, 12, 31, 23, 59, 59, 0, time.UTC) }))
	own("ended in 1969", noon, with(func(r *root) {
		r.from, r.to = time.Date(1950, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(1969, 12, 31, 23, 59, 58, 0, time.UTC)
	}))
	own("a tick after an end in 1969", time.Date(1969, 12, 31, 23, 59, 58, 1, time.UTC), with(func(r *root) {
		r.from, r.to = time.Date(1950, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(1969, 12, 31, 23, 59, 58, 0, time.UTC)
	}))
	own("CA false", noon, extensions(authority(false), usage(5, 6)))
	own("no basic constraints", noon, extensions(usage(5, 6)))
	own("no extensions", noon, extensions())
	own("version 1", noon, with(func(r *root) { r.version = 0 }))
	own("version 2", noon, with(func(r *root) { r.version = 1 }))
	own("no key usage", noon, extensions(authority(true)))
	own("key usage without certSign", noon, extensions(authority(true), usage(0, 6)))
	own("key usage of certSign alone", noon, extensions(authority(true), usage(5)))
	own("key usage without a bit", noon, extensions(authority(true), usage()))
	own("critical extension unknown to Go", noon, extensions(authority(true), extension(true, 1, 1, 2, 3, 4)))
	own("extension unknown to Go", noon, extensions(authority(true), extension(false, 1, 1, 2, 3, 4)))
	own("alternative names of a kind unknown to Go, critical", noon, extensions(authority(true),
		pkix.Extension{Id: asn1.ObjectIdentifier{2, 5, 29, 17}, Critical: true, Value: []byte{0x30, 0x04, 0x88, 0x02, 0x2a, 0x03}}))
	own("purpose clientAuth", noon, extensions(authority(true), purposes(2)))
	own("purpose serverAuth", noon, extensions(authority(true), purposes(2, 1)))
	own("any purpose", noon, extensions(authority(true),
		extension(false, []asn1.ObjectIdentifier{{2, 5, 29, 37, 0}}, 2, 5, 29, 37)))
	own("purposes unknown to Go", noon, extensions(authority(true), purposes(99)))
	own("name constraints that permit the server", noon, extensions(authority(true), permitted("consul")))
	own("name constraints that permit another domain", noon, extensions(authority(true), permitted("example.com")))
	for _, bits := range []int{512, 1016, 1024, 1536, 2048, 3072} {
		own("RSA "+big.NewInt(int64(bits)).String(), noon, keyed(rsaKey(bits), rsaSHA256))
	}
	for _, curve := range []elliptic.Curve{elliptic.P224(), elliptic.P256(), elliptic.P384(), elliptic.P521()} {
		key := must(ecdsa.GenerateKey(curve, rand.Reader))
		own("EC "+curve.Params().Name, noon, keyed(key, ecdsaSHA256))
	}
	_, edKey, _ := ed25519.GenerateKey(rand.Reader)
	own("Ed25519", noon, keyed(edKey, pureEd25519))
	// An Ed448 key, and an X25519 key, which signs nothing.
	own("Ed448", noon, with(func(r *root) {
		r.spki = append([]byte{0x30, 0x43, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x71, 0x03, 0x3a, 0}, make([]byte, 57)...)
	}))
	own("X25519", noon, with(func(r *root) {
		r.spki = append([]byte{0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x6e, 0x03, 0x21, 0}, make([]byte, 32)...)
	}))
	own("own signature wrong", noon, with(func(r *root) { r.damaged = true }))
	sha1 := sound()
	sha1DER := sha1.build(sha1.name, sha1.name, sha1.key, ecdsaSHA1)
	answers = append(answers, verify("own signature with SHA-1", noon, sha1.issued(), entry(sha1DER)))

	// The server's own certificate in place of its root.
	der := func(r root) []byte { return r.build(r.name, r.name, r.key, r.algorithm) }
	pinned := func(name string, at time.Time, extensions ...pkix.Extension) {
		leaf := der(with(func(r *root) { r.extensions = extensions }))
		answers = append(answers, verify(name, at, leaf, entry(leaf)))
	}
	wildcard := "*" + strings.TrimPrefix(serverName, "server")
	pinned("the server's own certificate", noon, authority(false), names(serverName), purposes(1))
	pinned("the server's own certificate, the name in upper case", noon, names(strings.ToUpper(serverName)))
	pinned("the server's own certificate, with a wildcard", noon, names(wildcard))
	pinned("the server's own certificate, expired", to.Add(time.Second), names(serverName))
	pinned("the server's own certificate, of another name", noon, names("server.dc2.consul"))
	pinned("the server's own certificate, for clients", noon, names(serverName), purposes(2))

	// Several roots. The server's certificate is the first one's.
	several := func(name string, at time.Time, roots ...root) {
		var ca []string
		for _, r := range roots {
			ca = append(ca, entry(der(r)))
		}
		answers = append(answers, verify(name, at, roots[0].issued(), ca...))
	}
	expired := with(func(r *root) { r.to = noon.Add(-time.Second); r.name = "old" })
	noCA := extensions(authority(false))
	good := sound()
	several("a sound root and an expired one", noon, good, expired)
	several("a sound root and one that is no CA", noon, good, noCA)
	several("a sound root, twice", noon, good, good)
	several("an expired root and one that is no CA", noon, expired, noCA)
	issued := good.issued()
	answers = append(answers,
		verify("an expired root before a sound one", noon, issued, entry(der(expired)), entry(der(good))),
		verify("a sound root behind another in one entry", noon, issued, entry(der(expired))+entry(der(good))),
		verify("a sound root behind one that Go cannot read", noon, issued, entry(der(expired))+entry([]byte{0x30, 0})+entry(der(good))),
		verify("a sound root with PEM headers behind an expired one", noon, issued, entry(der(expired))+entry(der(good), "X", "y")),
		verify("CRLF", noon, issued, strings.ReplaceAll(entry(der(good)), "\n", "\r\n")),
	)

	out := json.NewEncoder(os.Stdout)
	for _, answer := range answers {
		if err := out.Encode(answer); err != nil {
			log.Fatal(err)
		}
	}
}

func must[T any](value T, err error) T {
	if err != nil {
		log.Fatal(err)
	}
	return value
}
