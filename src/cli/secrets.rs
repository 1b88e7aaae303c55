//! The secrets that a command knows: hidden in all that it prints, and wiped before it ends.

use peertok_secret::{Redactor, Secret};
use std::hint::black_box;
use std::sync::{PoisonError, RwLock, RwLockReadGuard};

/// Takes secrets out of all that is printed, as the last thing that happens to it.
static REDACTOR: RwLock<Redactor> = RwLock::new(Redactor::new());

/// Hides a secret that was read, wherever it turns up in what is printed.
pub(super) fn hide(secret: Secret) {
    change_redactor(|redactor| redactor.know(secret));
}

/// Shows a secret that was asked for.
pub(super) fn show(secret: Secret) {
    change_redactor(|redactor| redactor.allow(secret));
}

/// Wipes all secrets that are hidden or shown, and what is left of others on the stack.
pub(super) fn forget() {
    change_redactor(Redactor::forget);
    wipe_stack();
}

/// Overwrites what functions that have returned left on the stack, such as the registers in which
/// base64 was decoded.
#[inline(never)]
pub(super) fn wipe_stack() {
    const DEPTH: usize = 1 << 16;
    let mut below = [0_u8; DEPTH];
    black_box(&mut below);
}

fn change_redactor(change: impl FnOnce(&mut Redactor)) {
    change(&mut REDACTOR.write().unwrap_or_else(PoisonError::into_inner));
}

/// The redactor for what is printed.
pub(super) fn redactor() -> RwLockReadGuard<'static, Redactor> {
    REDACTOR.read().unwrap_or_else(PoisonError::into_inner)
}
