//! Records whose restore depends on each other, and values at the edge of what one takes.

use super::good::{ID, OTHER, entry, field, peering, raw};
use super::records::with;
use super::{Base, Crafted, crafted, msgpack};
use serde_json::{Value, json};

pub fn groups(base: &Base) -> Vec<Crafted> {
    let mut out = Vec::new();
    let mut add = |name: &str, records: &[(u8, Value)]| {
        let records: Vec<_> = records
            .iter()
            .map(|(number, value)| (*number, msgpack::encode(value)))
            .collect();
        out.push(crafted(format!("together: {name}"), with(base, &records)));
    };
    let node = |node: &str, id: &str| (0, json!({"Node": node, "ID": id}));
    let service = |node: &str, id: &str, service: &str| {
        (
            0,
            json!({"Node": node, "ID": id, "Service": {"ID": service, "Service": service}}),
        )
    };
    let check = |node: &str, id: &str, of: &str, service: &str| {
        (
            0,
            json!({"Node": node, "ID": id, "Check": {"Node": of, "CheckID": "serfHealth", "Status": "passing", "ServiceID": service}}),
        )
    };
    add(
        "a node, its service and its checks",
        &[
            node("n", ID),
            service("n", ID, "web"),
            check("n", ID, "n", ""),
            check("n", ID, "N", "web"),
        ],
    );
    add(
        "a check before its service",
        &[
            node("n", ID),
            check("n", ID, "n", "web"),
            service("n", ID, "web"),
        ],
    );
    add(
        "a check of another node",
        &[node("n", ID), check("n", ID, "m", "")],
    );
    add(
        "a check of a service of another node",
        &[
            node("n", ID),
            service("n", ID, "web"),
            node("m", OTHER),
            check("m", OTHER, "m", "web"),
        ],
    );
    add(
        "a node with another ID",
        &[node("n", ID), check("n", ID, "n", ""), node("n", OTHER)],
    );
    add(
        "a node with another ID and case",
        &[node("n", ID), check("n", ID, "n", ""), node("N", OTHER)],
    );
    add(
        "a node without an ID and then with one",
        &[node("n", ""), node("n", ID)],
    );
    add(
        "a node with another name",
        &[node("n", ID), service("n", ID, "web"), node("m", ID)],
    );
    add("two nodes without IDs", &[node("n", ""), node("m", "")]);
    add(
        "a node in two places",
        &[node("n", ID), node("m", OTHER), service("n", ID, "web")],
    );
    add(
        "a service of another peer",
        &[(
            0,
            json!({"Node": "n", "PeerName": "west", "Service": {"ID": "a", "PeerName": "east"}}),
        )],
    );
    add(
        "a check of another peer",
        &[(
            0,
            json!({"Node": "n", "Check": {"Node": "n", "CheckID": "a", "PeerName": "east"}}),
        )],
    );
    let flags = [
        (31, json!({"Key": "virtual-ips", "Value": "true"})),
        (
            31,
            json!({"Key": "virtual-ips-terminating-gateway", "Value": "true"}),
        ),
    ];
    let native = (
        0,
        json!({"Node": "n", "Service": {"ID": "web", "Service": "web", "Connect": {"Native": true}}}),
    );
    for (name, ip) in [
        ("none", &[][..]),
        ("one byte", &[1]),
        ("four bytes", &[0, 0, 0, 9]),
        (
            "sixteen bytes",
            &[0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0, 0, 0, 9],
        ),
        ("IPv6", &[0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 9]),
        ("the last one", &[15, 255, 255, 253]),
        ("beyond the last one", &[15, 255, 255, 255]),
    ] {
        let free = (33, json!({"IP": raw(ip), "IsCounter": true}));
        let taken = (
            32,
            json!({"Service": {"ServiceName": {"Name": "web"}}, "IP": raw(ip)}),
        );
        let [first, second] = flags.clone();
        add(
            &format!("a free IP of {name}"),
            &[first.clone(), second.clone(), free, native.clone()],
        );
        add(
            &format!("a service's IP of {name}"),
            &[first, second, taken, native.clone()],
        );
    }
    let [first, second] = flags.clone();
    add(
        "a terminating gateway with IPs",
        &[
            first.clone(),
            second.clone(),
            (
                0,
                json!({"Node": "n", "Service": {"ID": "t", "Service": "t", "Kind": "terminating-gateway"}}),
            ),
            (
                22,
                entry(
                    "terminating-gateway",
                    json!({"Name": "t", "Services": [{"Name": "web"}, {"Name": "*"}]}),
                ),
            ),
        ],
    );
    for kind in [
        "service-defaults",
        "service-resolver",
        "service-router",
        "service-splitter",
        "service-intentions",
    ] {
        let records = [
            first.clone(),
            second.clone(),
            (22, entry(kind, json!({"Name": "web"}))),
        ];
        add(&format!("a virtual IP for {kind}"), &records);
    }
    for (name, text) in [
        ("an ID of 35", &ID[1..]),
        ("an ID with braces", "{98e39ed8-212e-48fa-a03e-017869adcb}"),
        ("an ID in capitals", "98E39ED8-212E-48FA-A03E-017869ADCBF1"),
        ("an ID without dashes", "98e39ed8212e48faa03e017869adcbf1"),
        (
            "an ID with other digits",
            "g8e39ed8-212e-48fa-a03e-017869adcbf1",
        ),
    ] {
        add(&format!("{name} of a node"), &[node("n", text)]);
        add(
            &format!("{name} of a session"),
            &[(3, json!({"ID": text, "Node": "n"}))],
        );
        add(
            &format!("{name} of a policy"),
            &[(19, json!({"ID": text, "Name": "p"}))],
        );
        add(
            &format!("{name} of a key's session"),
            &[(2, json!({"Key": "k", "Session": text}))],
        );
    }
    for ttl in [
        "",
        "0",
        "10s",
        "1m30s",
        "1.5h",
        "10",
        "x",
        "s",
        "-1s",
        "1 s",
        "99999999999999999999h",
        "1d",
        "300us",
    ] {
        add(
            &format!("a session of {ttl:?}"),
            &[(3, json!({"ID": ID, "Node": "n", "TTL": ttl}))],
        );
    }
    for (name, template) in [
        ("of another type", json!({"Type": "other"})),
        (
            "with a broken expression",
            json!({"Type": "name_prefix_match", "Regexp": "("}),
        ),
        (
            "with an expression",
            json!({"Type": "name_prefix_match", "Regexp": "^a(b|c)*$"}),
        ),
    ] {
        add(
            &format!("a template {name}"),
            &[(7, json!({"ID": ID, "Template": template}))],
        );
    }
    for text in [
        "${",
        "${x}",
        "${match(1)}",
        "${name.full}-a",
        "$${x}",
        "${match(\"a\")}",
        "${1}",
    ] {
        let query = json!({"ID": ID, "Template": {"Type": "name_prefix_match"}, "Service": {"Service": text}});
        add(&format!("a template of {text:?}"), &[(7, query)]);
    }
    for (name, pairs) in [
        (
            "64 pairs",
            (0..64).map(|n| (format!("k{n}"), json!("v"))).collect(),
        ),
        (
            "65 pairs",
            (0..65).map(|n| (format!("k{n}"), json!("v"))).collect(),
        ),
        (
            "a key of 128",
            [("k".repeat(128), json!("v"))].into_iter().collect(),
        ),
        (
            "a key of 129",
            [("k".repeat(129), json!("v"))].into_iter().collect(),
        ),
        (
            "an empty key",
            [(String::new(), json!("v"))].into_iter().collect(),
        ),
        (
            "a key with a dot",
            [("a.b".to_owned(), json!("v"))].into_iter().collect(),
        ),
        (
            "a reserved key",
            [("consul-x".to_owned(), json!("v"))].into_iter().collect(),
        ),
        (
            "a gateway's key",
            [("consul-wan-federation".to_owned(), json!("v"))]
                .into_iter()
                .collect(),
        ),
        (
            "a value of 512",
            [("k".to_owned(), json!("v".repeat(512)))]
                .into_iter()
                .collect(),
        ),
        (
            "a value of 513",
            [("k".to_owned(), json!("v".repeat(513)))]
                .into_iter()
                .collect::<serde_json::Map<_, _>>(),
        ),
    ] {
        add(
            &format!("Meta with {name}"),
            &[(
                0,
                json!({"Node": "n", "Service": {"ID": "s", "Service": "s", "Meta": pairs}}),
            )],
        );
    }
    for seconds in [
        0_i64,
        1,
        -1,
        62_135_596_799,
        62_135_596_800,
        i64::MAX,
        i64::MIN,
    ] {
        let mut time = vec![1];
        time.extend(seconds.to_be_bytes());
        time.extend([0, 0, 0, 0, 0xff, 0xff]);
        let token = json!({"AccessorID": ID, "SecretID": "s", "ExpirationTime": raw(&time)});
        add(
            &format!("a token that expires {seconds} seconds after year 1"),
            &[(17, token)],
        );
    }
    for (name, time) in [
        ("of no version", &[0; 15][..]),
        ("of version 2", &[2; 16]),
        ("cut off", &[1; 14]),
        ("too long", &[1; 16]),
    ] {
        add(
            &format!("a time {name}"),
            &[(12, json!({"ID": ID, "CreatedAt": raw(time)}))],
        );
    }
    for depth in [90, 101, 5_000] {
        let deep = format!("{}c0", "91".repeat(depth));
        add(
            &format!("a value {depth} arrays deep"),
            &[(2, json!({"Key": "k", "Other": {"$bytes": deep}}))],
        );
    }
    for (name, more) in [
        ("nothing", vec![]),
        (
            "an ID and an address",
            [field(7, OTHER.as_bytes()), field(10, b"127.0.0.1:1")].concat(),
        ),
        (
            "an address that is none",
            [field(7, OTHER.as_bytes()), field(10, b"x")].concat(),
        ),
        (
            "a root that is none",
            [
                field(7, OTHER.as_bytes()),
                field(8, b"x"),
                field(10, b"127.0.0.1:1"),
            ]
            .concat(),
        ),
        (
            "an ID that is none",
            [field(7, b"x"), field(10, b"127.0.0.1:1")].concat(),
        ),
        ("a time of its deletion", field(4, &[8, 1])),
        ("a remote without anything", field(17, b"")),
    ] {
        for state in [0, 1, 2, 3, 5, 6, 99] {
            let secrets = [
                field(1, ID.as_bytes()),
                field(3, &field(1, OTHER.as_bytes())),
            ]
            .concat();
            let peering = [peering("west", ID), vec![6 << 3, state], more.clone()].concat();
            add(
                &format!("a peering in the state {state} with {name}"),
                &[(35, raw(&peering)), (40, raw(&secrets))],
            );
        }
    }
    add(
        "a value of 2 MiB",
        &[(2, json!({"Key": "k", "Value": "v".repeat(2 << 20)}))],
    );
    add(
        "a key of 2 MiB",
        &[(2, json!({"Key": "k".repeat(2 << 20)}))],
    );
    let proxy = |config: Value| {
        (
            22,
            entry(
                "proxy-defaults",
                json!({"$packed": [{"Name": "global", "Config": config}]}),
            ),
        )
    };
    for (name, config) in [
        ("no text", json!({"protocol": ["http"]})),
        ("a number", json!({"protocol": 1})),
        ("nil", json!({"protocol": null})),
        ("in capitals and no text", json!({"PROTOCOL": {}})),
    ] {
        add(&format!("a protocol that is {name}"), &[proxy(config)]);
    }
    add(
        "proxy-defaults that are not packed",
        &[(22, entry("proxy-defaults", json!({"Name": "global"})))],
    );
    add(
        "service-defaults that are packed",
        &[(
            22,
            entry("service-defaults", json!({"$packed": [{"Name": "web"}]})),
        )],
    );
    add(
        "a config entry with a value behind it",
        &[(22, json!({"$packed": ["mesh", {"Entry": {}}, 1]}))],
    );
    add(
        "a config entry alone",
        &[(22, json!({"$packed": ["mesh"]}))],
    );
    add(
        "a peering twice",
        &[
            (35, raw(&peering("west", ID))),
            (35, raw(&peering("west", ID))),
        ],
    );
    add(
        "a peering's name twice",
        &[
            (35, raw(&peering("west", ID))),
            (35, raw(&peering("west", OTHER))),
        ],
    );
    for (name, bytes) in [
        (
            "a name that is no UTF-8",
            [field(1, ID.as_bytes()), field(2, b"\xff")].concat(),
        ),
        (
            "a service that is no UTF-8",
            [peering("west", ID), field(13, &field(1, b"\xff"))].concat(),
        ),
        (
            "a region that is no UTF-8",
            [
                peering("west", ID),
                field(17, &field(3, &field(1, b"\xff"))),
            ]
            .concat(),
        ),
        (
            "a number for a name",
            [field(1, ID.as_bytes()), vec![0x10, 1]].concat(),
        ),
        (
            "a number for the stream's status",
            [peering("west", ID), vec![13 << 3, 1]].concat(),
        ),
        (
            "an unknown field",
            [peering("west", ID), field(15, b"x")].concat(),
        ),
    ] {
        add(&format!("a peering with {name}"), &[(35, raw(&bytes))]);
    }
    add(
        "a trust bundle with a partition that is no UTF-8",
        &[(38, raw(&[field(2, b"west"), field(5, b"\xff")].concat()))],
    );
    for (name, fields) in [
        ("nothing", vec![]),
        ("an ID without a type", field(1, &field(4, b""))),
        ("an ID without a tenancy", field(1, &field(3, b""))),
        (
            "the least",
            field(1, &[field(3, b""), field(4, b"")].concat()),
        ),
        (
            "an owner without a type",
            [
                field(1, &[field(3, b""), field(4, b"")].concat()),
                field(2, &field(4, b"")),
            ]
            .concat(),
        ),
        (
            "a status that is no UTF-8",
            [
                field(1, &[field(3, b""), field(4, b"")].concat()),
                field(6, &[field(1, b"k"), field(2, &field(1, b"\xff"))].concat()),
            ]
            .concat(),
        ),
    ] {
        add(&format!("a resource with {name}"), &[(42, raw(&fields))]);
    }
    out
}
