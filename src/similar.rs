//! Names that are like a word, for "did you mean".

/// Below this two names are not alike, by Jaro and Winkler's measure from 0 to 1.
const ALIKE: f64 = 0.82;

/// The known names that are like a word, each with how much it is.
pub(crate) fn alike<'a>(
    word: &str,
    known: impl IntoIterator<Item = &'a str>,
) -> impl Iterator<Item = (f64, &'a str)> {
    known
        .into_iter()
        .map(move |name| (strsim::jaro_winkler(word, name), name))
        .filter(|(alike, _)| *alike >= ALIKE)
}

/// The known name that is most like a word, where one is.
pub(crate) fn most_alike<'a>(
    word: &str,
    known: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    alike(word, known)
        .max_by(|(one, _), (other, _)| one.total_cmp(other))
        .map(|(_, name)| name)
}

/// Whether a word is a name misspelt: they differ in punctuation and case, or in two letters at most
/// and in one of three.
pub(crate) fn is_misspelling(word: &str, name: &str) -> bool {
    let letters = |text: &str| {
        let letters = text.chars().filter(|c| c.is_alphanumeric());
        letters.collect::<String>().to_lowercase()
    };
    let (word, name) = (letters(word), letters(name));
    let distance = strsim::levenshtein(&word, &name);
    distance <= 2 && distance * 3 <= name.len()
}
