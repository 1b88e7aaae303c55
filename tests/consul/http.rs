//! Requests to a server's HTTP API, over a plain socket.
//!
//! HTTP/1.0 is enough: the server answers in one piece and closes the connection, so that a client
//! of sixty lines does without a crate that would have to be kept up to date. Each request has an
//! end: a limit of time over all its parts, and one of size.

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

const MAX_ANSWER: usize = 64 << 20;

/// A request's method, path with query, and body.
#[derive(Clone, Copy)]
pub(crate) struct Request<'a> {
    pub(crate) method: &'a str,
    pub(crate) path: &'a str,
    pub(crate) body: &'a [u8],
    /// The ACL token, where ACLs are on.
    pub(crate) acl_token: Option<&'a str>,
}

/// What the server answered.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

/// Sends a request and waits for the whole answer.
pub(crate) fn send(to: SocketAddr, request: Request<'_>, limit: Duration) -> io::Result<Answer> {
    let end = Instant::now() + limit;
    let mut stream = TcpStream::connect_timeout(&to, limit)?;
    stream.set_write_timeout(Some(limit))?;
    let Request { method, path, .. } = request;
    let length = request.body.len();
    let mut head = format!("{method} {path} HTTP/1.0\r\nContent-Length: {length}\r\n");
    if let Some(token) = request.acl_token {
        head.push_str(&format!("X-Consul-Token: {token}\r\n"));
    }
    head.push_str("\r\n");
    stream.write_all(head.as_bytes())?;
    stream.write_all(request.body)?;

    let mut answer = Vec::new();
    let mut buffer = [0; 16 << 10];
    loop {
        let left = end.saturating_duration_since(Instant::now());
        if left.is_zero() || answer.len() > MAX_ANSWER {
            let message = format!("expected an end of the answer to {method} {path}");
            return Err(io::Error::new(io::ErrorKind::TimedOut, message));
        }
        stream.set_read_timeout(Some(left))?;
        match stream.read(&mut buffer)? {
            0 => return parse(&answer),
            count => answer.extend_from_slice(&buffer[..count]),
        }
    }
}

fn parse(answer: &[u8]) -> io::Result<Answer> {
    let malformed = || io::Error::new(io::ErrorKind::InvalidData, "expected an HTTP answer");
    let end = answer.windows(4).position(|bytes| bytes == b"\r\n\r\n");
    let end = end.ok_or_else(malformed)?;
    let head = String::from_utf8_lossy(&answer[..end]);
    let status = head.split(' ').nth(1).and_then(|code| code.parse().ok());
    Ok(Answer {
        status: status.ok_or_else(malformed)?,
        body: answer[end + 4..].to_vec(),
    })
}
