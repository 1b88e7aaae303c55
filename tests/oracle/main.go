// Command oracle judges peering tokens with the functions of Go's standard library that a Consul
// server calls, in the order in which it calls them.
//
//	oracle verdict        {"input": base64 of a token, "name": of the peer or none} a line;
//	                      {"accepted", "stage", "error"} a line
//	oracle encode         {"CA": […], …} a line; the token that a server would print, a line
//	oracle bench ROUNDS   a token a line; {"tokens", "refused", "seconds", "tokens_per_second"}
//
// An error is any bytes, so the answer has it in base64. What cannot be read ends the program with
// status 1.
package main

import (
	"bufio"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"regexp"
	"runtime"
	"strconv"
	"time"

	"oracle/structs"
)

// refusal is an error together with the check that it comes from.
type refusal struct {
	stage string
	error
}

func refuse(stage, format string, args ...any) *refusal {
	return &refusal{stage, fmt.Errorf(format, args...)}
}

// peerName is the rule of Consul since 1.14.4: at most 63 characters, as in a label of DNS.
var peerName = regexp.MustCompile(`^[a-z0-9]([a-z0-9\-]{0,61}[a-z0-9])?$`)

// judgeNamed looks at the peer's name too, which a server does before it looks into the token.
func judgeNamed(token, name string) *refusal {
	if token != "" && !peerName.MatchString(name) {
		return refuse("name", "%s is not a valid peer name: a valid peering name must consist of lower case "+
			"alphanumeric characters or '-', and must start and end with an alphanumeric character", name)
	}
	return judge(token)
}

// judge gives nil where a server would go on and dial.
func judge(token string) *refusal {
	if token == "" {
		return refuse("request", "PeeringToken is required in the payload when establishing a peering.")
	}
	text, err := base64.StdEncoding.DecodeString(token)
	if err != nil {
		return refuse("base64", "failed to decode token: %w", err)
	}
	var fields structs.PeeringToken
	if err := json.Unmarshal(text, &fields); err != nil {
		return &refusal{"json", err}
	}
	for _, entry := range fields.CA {
		if err := checkRoot(entry); err != nil {
			return refuse("ca", "peering token invalid CA: %w", err)
		}
	}
	if len(fields.ManualServerAddresses)+len(fields.ServerAddresses) == 0 {
		return refuse("addresses", "peering token server addresses value is empty")
	}
	for _, list := range [][]string{fields.ManualServerAddresses, fields.ServerAddresses} {
		for _, address := range list {
			if !isServerAddress(address) {
				return refuse("addresses", "%s is not a valid peering server address", address)
			}
		}
	}
	if len(fields.CA) > 0 && fields.ServerName == "" {
		return refuse("server-name", "peering token server name value is empty")
	}
	if fields.PeerID == "" {
		return refuse("peer-id", "peering token peer ID value is empty")
	}
	for _, entry := range fields.CA {
		if !x509.NewCertPool().AppendCertsFromPEM([]byte(entry)) {
			return refuse("tls", "failed to build TLS dial option from peering: failed to parse PEM %s", entry)
		}
	}
	return nil
}

func checkRoot(entry string) error {
	block, _ := pem.Decode([]byte(entry))
	if block == nil {
		return errors.New("no PEM-encoded data found")
	}
	if block.Type != "CERTIFICATE" {
		return errors.New("first PEM-block should be CERTIFICATE type")
	}
	_, err := x509.ParseCertificate(block.Bytes)
	return err
}

func isServerAddress(address string) bool {
	_, port, err := net.SplitHostPort(address)
	if err != nil {
		return false
	}
	number, err := strconv.Atoi(port)
	return err == nil && number >= 1 && number <= 65535
}

type answer struct {
	Accepted bool   `json:"accepted"`
	Stage    string `json:"stage"`
	Error    []byte `json:"error"`
}

func verdict(line []byte, out io.Writer) error {
	question := struct {
		Input []byte
		Name  string
	}{Name: "west"}
	if err := json.Unmarshal(line, &question); err != nil {
		return err
	}
	reply := answer{Accepted: true, Error: []byte{}}
	if refused := judgeNamed(string(question.Input), question.Name); refused != nil {
		reply = answer{Stage: refused.stage, Error: []byte(refused.Error())}
	}
	return json.NewEncoder(out).Encode(reply)
}

func encode(line []byte, out io.Writer) error {
	var fields structs.PeeringToken
	if err := json.Unmarshal(line, &fields); err != nil {
		return err
	}
	text, err := json.Marshal(fields)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(out, base64.StdEncoding.EncodeToString(text))
	return err
}

// eachLine hands every line of the input to reply. What was written is flushed whenever no further
// line waits, so that whoever asks line by line gets an answer.
func eachLine(reply func(line []byte, out io.Writer) error) error {
	in := bufio.NewReaderSize(os.Stdin, 1<<18)
	out := bufio.NewWriterSize(os.Stdout, 1<<18)
	for {
		line, err := in.ReadBytes('\n')
		if len(line) > 0 {
			if err := reply(line, out); err != nil {
				return err
			}
		}
		if err == io.EOF {
			return out.Flush()
		}
		if err != nil {
			return err
		}
		if in.Buffered() == 0 {
			if err := out.Flush(); err != nil {
				return err
			}
		}
	}
}

func bench(rounds int) error {
	runtime.GOMAXPROCS(1)
	var tokens []string
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(nil, 1<<26)
	for lines.Scan() {
		tokens = append(tokens, lines.Text())
	}
	if err := lines.Err(); err != nil {
		return err
	}
	refused := 0
	start := time.Now()
	for round := 0; round < rounds; round++ {
		for _, token := range tokens {
			if judge(token) != nil {
				refused++
			}
		}
	}
	seconds, judged := time.Since(start).Seconds(), len(tokens)*rounds
	return json.NewEncoder(os.Stdout).Encode(map[string]any{
		"tokens":            judged,
		"refused":           refused,
		"seconds":           seconds,
		"tokens_per_second": float64(judged) / seconds,
	})
}

func run(args []string) error {
	switch {
	case len(args) == 1 && args[0] == "verdict":
		return eachLine(verdict)
	case len(args) == 1 && args[0] == "encode":
		return eachLine(encode)
	case len(args) == 2 && args[0] == "bench":
		rounds, err := strconv.Atoi(args[1])
		if err == nil && rounds > 0 {
			return bench(rounds)
		}
	}
	return errors.New("usage: oracle verdict | encode | bench ROUNDS")
}

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "oracle:", err)
		os.Exit(1)
	}
}
