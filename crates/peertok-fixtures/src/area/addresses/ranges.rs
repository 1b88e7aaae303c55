//! Hosts that are set aside for a purpose, each range with its ends, and what lies beside them.

use super::build::servers;
use crate::maker::Maker;
use crate::vector::Vector;

pub(super) fn vectors(maker: &Maker) -> Vec<Vector> {
    [set_aside(maker), beside(maker)].concat()
}

fn set_aside(maker: &Maker) -> Vec<Vector> {
    #[rustfmt::skip]
    let table: [(&str, &str, &[&str], &'static str); 29] = [
        ("private-10", "The ends of 10.0.0.0/8.", &["10.0.0.0", "10.255.255.255"], "address-private"),
        ("private-172", "The ends of 172.16.0.0/12.", &["172.16.0.0", "172.31.255.255"], "address-private"),
        ("private-192", "The ends of 192.168.0.0/16.", &["192.168.0.0", "192.168.255.255"], "address-private"),
        ("private-100", "The ends of 100.64.0.0/10, which is for carriers.", &["100.64.0.0", "100.127.255.255"], "address-private"),
        ("private-198", "The ends of 198.18.0.0/15, which is for benchmarks.", &["198.18.0.0", "198.19.255.255"], "address-private"),
        ("private-fc", "The ends of fc00::/7.", &["[fc00::]", "[fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff]"], "address-private"),
        ("private-mapped", "A private IPv4 address within an IPv6 one.", &["[::ffff:10.0.0.1]"], "address-private"),
        ("loopback", "The ends of 127.0.0.0/8.", &["127.0.0.0", "127.255.255.255"], "address-loopback"),
        ("loopback-ipv6", "The loopback address of IPv6.", &["[::1]"], "address-loopback"),
        ("loopback-name", "The name of the local host.", &["localhost"], "address-loopback"),
        ("loopback-name-below", "A name below that of the local host, with a dot at its end.", &["a.LocalHost."], "address-loopback"),
        ("link-local", "The ends of 169.254.0.0/16.", &["169.254.0.0", "169.254.255.255"], "address-link-local"),
        ("link-local-ipv6", "The ends of fe80::/10.", &["[fe80::]", "[febf:ffff:ffff:ffff:ffff:ffff:ffff:ffff]"], "address-link-local"),
        ("unspecified", "The unspecified address.", &["0.0.0.0"], "address-unspecified"),
        ("unspecified-ipv6", "The unspecified address of IPv6.", &["[::]"], "address-unspecified"),
        ("unspecified-mapped", "The unspecified address within an IPv6 one.", &["[::ffff:0.0.0.0]"], "address-unspecified"),
        ("documentation-192", "The ends of 192.0.2.0/24.", &["192.0.2.0", "192.0.2.255"], "address-documentation"),
        ("documentation-198", "The ends of 198.51.100.0/24.", &["198.51.100.0", "198.51.100.255"], "address-documentation"),
        ("documentation-203", "The ends of 203.0.113.0/24.", &["203.0.113.0", "203.0.113.255"], "address-documentation"),
        ("documentation-2001", "The ends of 2001:db8::/32.", &["[2001:db8::]", "[2001:db8:ffff:ffff:ffff:ffff:ffff:ffff]"], "address-documentation"),
        ("documentation-3fff", "The ends of 3fff::/20.", &["[3fff::]", "[3fff:fff:ffff:ffff:ffff:ffff:ffff:ffff]"], "address-documentation"),
        ("documentation-name", "A name below example.com.", &["lb.example.com"], "address-documentation"),
        ("documentation-names", "The other domains for examples.", &["example.net", "a.EXAMPLE.org.", "b.example"], "address-documentation"),
        ("documentation-invalid", "A name below invalid.", &["lb.invalid"], "address-documentation"),
        ("not-a-host-0", "The ends of 0.0.0.0/8 but for the unspecified address.", &["0.0.0.1", "0.255.255.255"], "address-not-a-host"),
        ("not-a-host-multicast", "The ends of 224.0.0.0/4.", &["224.0.0.0", "239.255.255.255"], "address-not-a-host"),
        ("not-a-host-broadcast", "The ends of 240.0.0.0/4, the last of which is for all hosts.", &["240.0.0.0", "255.255.255.255"], "address-not-a-host"),
        ("not-a-host-discard", "The ends of 100::/64.", &["[100::]", "[100::ffff:ffff:ffff:ffff]"], "address-not-a-host"),
        ("not-a-host-multicast-ipv6", "The ends of ff00::/8.", &["[ff00::]", "[ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff]"], "address-not-a-host"),
    ];
    let row = |(condition, description, hosts, finding): (&str, &str, &[&str], &'static str)| {
        let near = match finding {
            "address-unspecified" | "address-loopback" => "beside-loopback",
            "address-private" => "beside-private",
            "address-link-local" => "beside-link-local",
            "address-documentation" => "beside-documentation",
            _ => "beside-not-a-host",
        };
        of_hosts(maker, condition, description, hosts)
            .finds(&[finding])
            .unlike(near)
    };
    table.into_iter().map(row).collect()
}

fn of_hosts(maker: &Maker, condition: &str, description: &str, hosts: &[&str]) -> Vector {
    let addresses: Vec<_> = hosts.iter().map(|host| format!("{host}:8503")).collect();
    let addresses: Vec<&str> = addresses.iter().map(String::as_str).collect();
    servers(maker, condition, description, &addresses)
}

fn beside(maker: &Maker) -> Vec<Vector> {
    #[rustfmt::skip]
    let table: [(&str, &str, &[&str], &str); 5] = [
        ("beside-private", "The addresses right beside the private ranges.", &[
            "9.255.255.255", "11.0.0.0", "172.15.255.255", "172.32.0.0", "192.167.255.255", "192.169.0.0",
            "100.63.255.255", "100.128.0.0", "198.17.255.255", "198.20.0.0",
            "[fbff:ffff:ffff:ffff:ffff:ffff:ffff:ffff]", "[fe00::]",
        ], "private-10"),
        ("beside-loopback", "The addresses right beside the loopback ones, and names that only look like localhost.", &[
            "126.255.255.255", "128.0.0.0", "[::2]", "notlocalhost", "localhost.internal",
        ], "loopback"),
        ("beside-link-local", "The addresses right beside the link-local ones.", &[
            "169.253.255.255", "169.255.0.0", "[fe7f:ffff:ffff:ffff:ffff:ffff:ffff:ffff]", "[fec0::]",
        ], "link-local"),
        ("beside-documentation", "The addresses right beside those for examples, and names that only look so.", &[
            "192.0.1.255", "192.0.3.0", "198.51.99.255", "198.51.101.0", "203.0.112.255", "203.0.114.0",
            "[2001:db7:ffff:ffff:ffff:ffff:ffff:ffff]", "[2001:db9::]",
            "[3ffe:ffff:ffff:ffff:ffff:ffff:ffff:ffff]", "[3fff:1000::]",
            "myexample.com", "example.com.internal", "invalid.internal",
        ], "documentation-name"),
        ("beside-not-a-host", "The addresses right beside those that no host has.", &[
            "1.0.0.0", "223.255.255.255", "[100:0:0:1::]", "[feff:ffff:ffff:ffff:ffff:ffff:ffff:ffff]",
        ], "not-a-host-multicast"),
    ];
    let row = |(condition, description, hosts, near): (&str, &str, &[&str], &str)| {
        of_hosts(maker, condition, description, hosts).unlike(near)
    };
    table.into_iter().map(row).collect()
}
