//! Random tokens with labels, as many as are wanted.
//!
//! A token begins as a sound one. It gets traits that a server takes, some of which have a finding, and
//! at times one fault, from which follows what a server answers. The weights are such that each stage
//! has its share.

mod draft;
mod fault;

use crate::maker::Maker;
use crate::settings::Settings;
use crate::vector::{Area, Vector};
use draft::Draft;
use fault::Fault;

/// Returns random vectors without end.
///
/// ```
/// use peertok_fixtures::{Settings, random};
///
/// for vector in random(&Settings::default()).take(100) {
///     let refusal = peering_token::judge(&vector.token).err();
///     # if vector.peer_name.is_some() { continue; }
///     let stage = vector.refusal.map(|refusal| refusal.stage);
///     assert_eq!(refusal.map(|refusal| refusal.stage()), stage, "{}", vector.name);
/// }
/// ```
pub fn random(settings: &Settings) -> impl Iterator<Item = Vector> + use<> {
    let maker = Maker::new(settings);
    let spare = draft::Spare::new(&maker);
    (1_usize..).map(move |number| {
        let condition = number.to_string();
        let source = maker.source(&format!("random {number}"));
        let mut draft = Draft::new(&maker, source);
        let fault = Fault::choose(&mut draft.source);
        draft.add_traits(&spare, fault.part());
        let refusal = fault.inflict(&mut draft);
        let mut vector = Vector::new(Area::Random, &condition, draft.description(), draft.text());
        vector.peer_name = draft.peer_name;
        vector.findings = draft.findings.into_iter().collect();
        vector.refusal = refusal;
        vector
    })
}
