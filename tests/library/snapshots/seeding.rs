//! What is written is what servers restored and honoured, and what they would refuse is refused.

use super::archives::{fixture, read, secret, seeded, snapshot, state, token, unpack};
use peertok::PeeringToken;
use peertok::snapshot::{
    Base, Change, Direction, End, NameTaken, PeeringState, SecretsMeaning, Seed, SeedError,
    TokenStatus, WriteError, name_to_accept, name_to_dial, seed_fresh,
};
use peertok::token::Locality;
use std::collections::BTreeMap;
use std::io::{Cursor, Seek};

#[test]
fn a_seeded_base_is_the_one_that_a_server_honoured() {
    let token = token("gamma-seeded");
    let seeds = [Seed::of_token("beta", &token)];
    let (written, state, changes) = seeded(&fixture("gamma.snap"), &seeds).unwrap();
    let recorded = unpack(&fixture("gamma-seeded.snap"));
    let written = unpack(&written);
    assert_eq!(written.state, recorded.state);
    assert_eq!(written.meta, recorded.meta);
    assert_eq!(changes, [Change::Added]);
    let status = TokenStatus::of(&state, &token.peer_id, &token.establishment_secret);
    assert_eq!(status, TokenStatus::Redeemable);
}

#[test]
fn a_snapshot_from_nothing_is_the_one_that_a_server_honoured() {
    let recorded = fixture("synthetic-148-bytes.snap");
    let at = read(&recorded).unwrap().meta.taken_at().unwrap();
    let seeds = [Seed::of_token("beta", &token("synthetic-148-bytes"))];
    let mut out = Cursor::new(Vec::new());
    seed_fresh(at, &seeds, &mut out).unwrap();
    let written = unpack(&out.into_inner());
    let recorded = unpack(&recorded);
    assert_eq!(written.state, recorded.state);
    assert_eq!(written.meta, recorded.meta);
}

/// The two snapshots with which two clusters peered without a token.
#[test]
fn both_ends_seeded_are_those_that_peered() {
    let at = state("active-acceptor").meta.taken_at().unwrap();
    let peering = |name| state(name).peerings.remove(0);
    let (acceptor, dialer) = (peering("active-acceptor"), peering("active-dialer"));
    let stream_secret = acceptor.secrets.active_stream.clone().unwrap();
    assert_eq!(dialer.direction(), Direction::Dials);
    assert_eq!(dialer.state, PeeringState::Establishing);
    assert_eq!(dialer.secrets.active_stream.as_ref(), Some(&stream_secret));

    let seeds = |end| {
        let (id, name) = match &end {
            End::Dial { .. } => (&dialer.id, &dialer.name),
            _ => (&acceptor.id, &acceptor.name),
        };
        let (id, name, meta) = (id.clone(), name.clone(), BTreeMap::new());
        [Seed {
            id,
            name,
            meta,
            end,
        }]
    };
    let place = dialer.remote.clone().unwrap();
    let mut token = PeeringToken::new();
    token.ca = Some(dialer.peer_ca.clone());
    token.server_addresses = Some(dialer.peer_server_addresses.clone());
    token.server_name = dialer.peer_server_name.clone();
    token.peer_id = acceptor.id.clone();
    token.remote.partition = place.partition;
    token.remote.datacenter = place.datacenter;
    token.remote.locality = place.locality.map(|locality| {
        let mut of_token = Locality::default();
        of_token.region = locality.region;
        of_token.zone = locality.zone;
        of_token
    });
    let accept = End::Accept {
        stream_secret: stream_secret.clone(),
    };
    let dial = End::Dial {
        stream_secret,
        acceptor: Box::new(token),
    };
    for (name, end) in [("active-acceptor", accept), ("active-dialer", dial)] {
        let mut out = Cursor::new(Vec::new());
        seed_fresh(at, &seeds(end), &mut out).unwrap();
        let recorded = unpack(&fixture(&format!("{name}.snap")));
        assert_eq!(unpack(&out.into_inner()).state, recorded.state, "{name}");
    }
}

const NEW: &str = "11111111-2222-3333-4444-555555555555";

fn new_token(name: &str, id: &str) -> Seed {
    Seed {
        name: name.to_owned(),
        meta: BTreeMap::new(),
        id: id.to_owned(),
        end: End::Token {
            secret: secret(NEW),
        },
    }
}

fn replaced(text: &[u8], from: &str, to: &str) -> Vec<u8> {
    let (from, to) = (from.as_bytes(), to.as_bytes());
    let at = text.windows(from.len()).position(|w| w == from).unwrap();
    [&text[..at], to, &text[at + from.len()..]].concat()
}

#[test]
fn a_known_name_keeps_everything_but_its_unused_secret() {
    let base = fixture("alpha-external.snap");
    let known = read(&base).unwrap().peering("west").unwrap().clone();
    let old = known.secrets.establishment.clone().unwrap();
    let (written, state, changes) = seeded(&base, &[new_token("west", &known.id)]).unwrap();
    assert_eq!(changes, [Change::SecretReplaced { superseded: true }]);
    let expected = replaced(&unpack(&base).state, old.expose(), NEW);
    assert!(unpack(&written).state == expected);
    assert_eq!(
        TokenStatus::of(&state, &known.id, &old),
        TokenStatus::Superseded
    );
    assert_eq!(
        TokenStatus::of(&state, &known.id, &secret(NEW)),
        TokenStatus::Redeemable
    );
}

#[test]
fn a_connected_name_keeps_its_stream() {
    let base = fixture("alpha-external.snap");
    let known = read(&base).unwrap().peering("beta").unwrap().clone();
    let stream = known.secrets.active_stream.clone();
    let (written, state, changes) = seeded(&base, &[new_token("beta", &known.id)]).unwrap();
    assert_eq!(changes, [Change::SecretReplaced { superseded: false }]);
    let peering = state.peering("beta").unwrap();
    assert_eq!(peering.secrets.active_stream, stream);
    assert_eq!(
        SecretsMeaning::of(&peering.secrets),
        SecretsMeaning::RedeemableAgain
    );
    assert_eq!(
        (&peering.meta, &peering.peer_ca),
        (&known.meta, &known.peer_ca)
    );
    // 40 bytes more, of which the stream's field and the ID are where they were.
    assert_eq!(unpack(&written).state.len(), unpack(&base).state.len() + 40);
}

#[test]
fn a_name_that_cannot_have_a_token_is_refused() {
    let base = fixture("alpha-external.snap");
    let refusal = |base: &[u8], seed: &Seed| {
        seeded(base, std::slice::from_ref(seed))
            .unwrap_err()
            .to_string()
    };
    let west = read(&base).unwrap().peering("west").unwrap().id.clone();
    for (seed, expected) in [
        (
            new_token("west", "22222222-2222-3333-4444-555555555555"),
            format!("expected the ID {west} that the peering \"west\" has, but found 22222222-2222-3333-4444-555555555555"),
        ),
        (
            new_token("new", &west),
            "expected a new ID for \"new\", but found that of the peering \"west\"".to_owned(),
        ),
        (
            new_token("e2a", "ff81545a-4c19-3aa2-8347-e8c05ae385da"),
            "expected a peering that can still be used, but found \"e2a\" TERMINATED: delete it at its server, then save a snapshot and start from that".to_owned(),
        ),
        (
            new_token("UP", NEW),
            "UP is not a valid peer name: a valid peering name must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character".to_owned(),
        ),
        (
            new_token("new", "1"),
            "expected the ID for \"new\" to be a UUID, but found another form".to_owned(),
        ),
        (
            Seed {
                end: End::Token { secret: secret("hunter2") },
                ..new_token("new", NEW)
            },
            "expected the secret for \"new\" to be a UUID, but found another form".to_owned(),
        ),
        (
            Seed {
                end: End::Token { secret: token("alpha-external").establishment_secret },
                ..new_token("new", NEW)
            },
            "expected a secret of its own for \"new\", but found one that is in use".to_owned(),
        ),
        (
            Seed {
                end: End::Accept { stream_secret: secret(NEW) },
                ..new_token("west", &west)
            },
            "expected a new name for a peering without a token, but found \"west\" in use".to_owned(),
        ),
    ] {
        assert_eq!(refusal(&base, &seed), expected);
    }
    assert_eq!(
        refusal(&fixture("active-dialer.snap"), &new_token("delta", NEW)),
        "cannot create peering with name: \"delta\"; there is already an established peering"
    );
    let twice = [new_token("new", NEW), new_token("new", NEW)];
    let error = seeded(&base, &twice).unwrap_err().to_string();
    assert_eq!(
        error,
        "expected each name and ID once, but found \"new\" twice"
    );
}

#[test]
fn a_name_to_dial_is_judged_as_establish_would() {
    let acceptor = state("alpha-external");
    assert_eq!(
        name_to_dial(&acceptor, "west").unwrap_err().to_string(),
        "cannot create peering with name: \"west\"; there is an existing peering expecting to be dialed"
    );
    assert!(name_to_dial(&acceptor, "new").unwrap().is_none());
    let dialer = state("active-dialer");
    assert!(name_to_dial(&dialer, "delta").unwrap().is_some());
    assert!(matches!(
        name_to_accept(&dialer, "delta"),
        Err(NameTaken::Dials { .. })
    ));

    let dial = |acceptor: PeeringToken| Seed {
        end: End::Dial {
            stream_secret: secret(NEW),
            acceptor: Box::new(acceptor),
        },
        ..new_token("new", NEW)
    };
    let refusal = |token| seeded(&fixture("alpha-minted.snap"), &[dial(token)]).unwrap_err();
    let own = token("alpha-minted");
    assert!(matches!(
        refusal(own.clone()),
        SeedError::SameCluster { .. }
    ));
    let mut other = own;
    other.server_name = "server.beta.peering.x.consul".to_owned();
    other.server_addresses = None;
    assert!(matches!(refusal(other), SeedError::NothingToDial { .. }));
}

#[test]
fn a_refused_seed_writes_nothing() {
    let mut out = Cursor::new(Vec::new());
    let seeds = [new_token("UP", NEW)];
    let mut base = Base::open(Cursor::new(fixture("gamma.snap"))).unwrap();
    base.seed(&seeds, &mut out).unwrap_err();
    seed_fresh(jiff::Timestamp::UNIX_EPOCH, &seeds, &mut out).unwrap_err();
    assert_eq!(out.stream_position().unwrap(), 0);
    assert!(out.into_inner().is_empty());
}

/// A writer with room for so many bytes, as on a full disk.
struct Full(Cursor<Vec<u8>>, usize);

impl std::io::Write for Full {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.1 = self
            .1
            .checked_sub(bytes.len())
            .ok_or(std::io::ErrorKind::StorageFull)?;
        std::io::Write::write(&mut self.0, bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl std::io::Read for Full {
    fn read(&mut self, out: &mut [u8]) -> std::io::Result<usize> {
        self.0.read(out)
    }
}

impl Seek for Full {
    fn seek(&mut self, to: std::io::SeekFrom) -> std::io::Result<u64> {
        self.0.seek(to)
    }
}

#[test]
fn a_full_disk_is_an_error_of_writing() {
    let base = fixture("gamma.snap");
    let seeds = [new_token("new", NEW)];
    let whole = seeded(&base, &seeds).unwrap().0.len();
    for room in [0, 10, whole / 2, whole - 1] {
        let mut out = Full(Cursor::default(), room);
        let mut base = Base::open(Cursor::new(&base)).unwrap();
        let error = base.seed(&seeds, &mut out).unwrap_err();
        let of_writing = matches!(error, SeedError::Write(WriteError::Write(_)));
        assert!(of_writing, "{error}");
    }
}

#[test]
fn a_name_that_is_being_deleted_is_refused() {
    // Field 6, the state, of the peering `c` in the recorded snapshot: PENDING becomes DELETING.
    let state = unpack(&fixture("alpha-external.snap")).state;
    let id = b"5d2380c9-fb4a-23e9-d1d6-01217beed721\x12\x01c\x30";
    let at = state
        .windows(id.len())
        .position(|window| window == id)
        .unwrap();
    let mut deleting = state.clone();
    deleting[at + id.len()] = 5;
    let seeds = [new_token("c", "5d2380c9-fb4a-23e9-d1d6-01217beed721")];
    assert_eq!(
        seeded(&snapshot(&deleting), &seeds)
            .unwrap_err()
            .to_string(),
        "cannot write to peering that is marked for deletion: wait until \"c\" is gone from its server, then save a snapshot and start from that"
    );
    assert!(seeded(&snapshot(&state), &seeds).is_ok());
}

/// Records in another order than a server's, and a field that no release has.
#[test]
fn records_may_stand_in_any_order_and_unknown_fields_survive() {
    let known = "22222222-3333-4444-5555-666666666666";
    let old = "77777777-8888-9999-aaaa-bbbbbbbbbbbb";
    let field = |tag: u8, content: &[u8]| [&[tag, content.len() as u8], content].concat();
    let secrets = |secret: &str| {
        let message = [
            field(0x0a, known.as_bytes()),
            field(0x12, &field(0x0a, secret.as_bytes())),
            field(0x7a, b"later"),
        ];
        let message = message.concat();
        [&[40, 0xda, 0, message.len() as u8], &*message].concat()
    };
    let peering = [
        field(0x0a, known.as_bytes()),
        field(0x12, b"west"),
        field(0x7a, b"later"),
    ];
    let peering = peering.concat();
    let peering = [&[35, 0xda, 0, peering.len() as u8], &*peering].concat();
    let state = |secret| [b"\x81\xa9LastIndex\x07", &*secrets(secret), &peering].concat();
    let (written, ..) = seeded(&snapshot(&state(old)), &[new_token("west", known)]).unwrap();
    assert_eq!(unpack(&written).state, state(NEW));
}

/// A file that is another one from some moment on.
struct Swapped(Vec<Cursor<Vec<u8>>>);

impl std::io::Read for Swapped {
    fn read(&mut self, out: &mut [u8]) -> std::io::Result<usize> {
        self.0[0].read(out)
    }
}

impl Seek for Swapped {
    fn seek(&mut self, to: std::io::SeekFrom) -> std::io::Result<u64> {
        // `Base::open` goes to the start once, and `seed` a second time.
        if self.0[0].position() > 0 {
            self.0.remove(0);
        }
        self.0[0].seek(to)
    }
}

#[test]
fn a_base_that_changes_meanwhile_is_noticed() {
    let files = ["alpha-minted.snap", "alpha-external.snap"];
    let sizes = files.map(|name| unpack(&fixture(name)).state.len());
    assert_eq!(sizes[0], sizes[1]);
    let mut base = Base::open(Swapped(files.map(fixture).map(Cursor::new).into())).unwrap();
    let error = base.seed(&[new_token("new", NEW)], &mut Cursor::new(Vec::new()));
    assert!(matches!(
        error,
        Err(SeedError::Write(WriteError::BaseChanged))
    ));
}
