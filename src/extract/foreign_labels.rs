//! The words around a date that say what kind of date it is, on pages that are not Chinese.

use super::labels::Label;

const PUBLISHED: &[&str] = &[
    "veröffentlicht",
    "erschienen",
    "erstellt",
    "publiziert",
    "published",
    "posted",
    "publié",
    "publicado",
    "publicada",
    "publicación",
    "pubblicato",
    "opublikowan",
    "dodano",
    "опубликован",
    "gepubliceerd",
    "geplaatst",
    "yayın",
    "eklenme",
    "issued",
    "releasedate",
    "created",
    "geschrieben",
    "submitted",
    "eingestellt",
    "online seit",
    "onlineseit",
    "mise en ligne",
    "mis en ligne",
    "pubdate",
    "verfasst",
];
const DATE: &[&str] = &["datum", "date", "data", "fecha", "tarih", "дата"];
const UPDATED: &[&str] = &[
    "updated",
    "modified",
    "stand",
    "aktualisiert",
    "geändert",
    "mis à jour",
    "misàjour",
    "actualizado",
    "aggiornato",
    "changed",
    "güncelle",
    "edited",
    "bearbeitet",
    "обновлен",
    "revised",
    "reviewed",
    "änderung",
    "update",
];
const OTHER: &[&str] = &[
    "©",
    "copyright",
    "geboren",
    "born",
    "until",
    "abgerufen",
    "accessed",
    "retrieved",
    "expires",
    "deadline",
    "joined",
    "registriert",
    "member",
    "mitglied",
    "since",
    "seit",
    "termin",
    "event",
    "beginn",
    "start",
    "version",
    "valid",
    "gültig",
];

/// What the words directly before a date make of it; the nearest known word decides.
pub fn before(text: &str) -> Label {
    let from = text.chars().count().saturating_sub(60);
    let lower = text.chars().skip(from).collect::<String>().to_lowercase();
    let families = [
        (DATE, Label::Date),
        (PUBLISHED, Label::Published),
        (UPDATED, Label::Updated),
        (OTHER, Label::Other),
    ];
    let mut nearest: Option<(usize, Label)> = None;
    for (words, label) in families {
        let ends = words
            .iter()
            .filter_map(|word| lower.rfind(word).map(|at| at + word.len()));
        if let Some(end) = ends.max()
            && nearest.is_none_or(|(other, _)| end > other)
        {
            nearest = Some((end, label));
        }
    }
    match nearest {
        Some((end, label)) if is_near(lower.get(end..).unwrap_or_default()) => label,
        _ => Label::None,
    }
}

/// What the words directly behind a date make of it: `am 6. März 2018 veröffentlicht`.
pub fn behind(text: &str) -> Label {
    let lower = text.chars().take(40).collect::<String>().to_lowercase();
    let first = |words: &[&str]| {
        let at = words.iter().filter_map(|word| lower.find(word)).min()?;
        is_near(lower.get(..at).unwrap_or_default()).then_some(at)
    };
    match (first(PUBLISHED), first(UPDATED)) {
        (Some(published), Some(updated)) if updated < published => Label::Updated,
        (Some(_), _) => Label::Published,
        (None, Some(_)) => Label::Updated,
        (None, None) => Label::None,
    }
}

/// Whether only a name or a few small words stand between a label and its date.
fn is_near(rest: &str) -> bool {
    let ends = ['.', ';', '|', '!', '?'];
    !rest.contains(ends) && rest.chars().filter(|c| c.is_alphanumeric()).count() <= 14
}

/// Whether a text before a date ends in the name of a weekday.
pub fn ends_in_weekday(before: &str) -> bool {
    const DAYS: [&str; 24] = [
        "mon", "tue", "wed", "thu", "fri", "sat", "sun", "die", "mit", "don", "fre", "sam", "son",
        "lun", "mar", "mer", "jeu", "ven", "dim", "gio", "mie", "jue", "vie", "dom",
    ];
    const ENDS: [&str; 9] = ["day", "tag", "di", "och", "end", "dì", "es", "bado", "ngo"];
    let trimmed = before.trim_end_matches(|c: char| !c.is_alphanumeric());
    let words = trimmed.rsplit(|c: char| !c.is_alphabetic());
    let word = words.take(1).collect::<String>().to_lowercase();
    let whole = word.chars().count() <= 3 || ENDS.iter().any(|end| word.ends_with(end));
    whole && DAYS.iter().any(|day| word.starts_with(day))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_before_a_foreign_date_say_what_it_is() {
        let cases = [
            ("Veröffentlicht am ", Label::Published),
            ("Erstellt am Dienstag ", Label::Published),
            ("Posted on ", Label::Published),
            ("Stand: ", Label::Updated),
            ("Diese Seite wurde zuletzt geändert am ", Label::Updated),
            ("Datum: ", Label::Date),
            ("© ", Label::Other),
            ("Published by the board. Meeting on ", Label::None),
            ("Der Stammtisch findet am ", Label::None),
        ];
        for (text, expected) in cases {
            assert_eq!(before(text), expected, "{text}");
        }
    }

    #[test]
    fn words_behind_a_date_and_weekdays_before_it_count() {
        for (text, expected) in [
            (" um 10 Uhr veröffentlicht", Label::Published),
            (" um 13:22 Uhr geändert.", Label::Updated),
            (" in Berlin", Label::None),
        ] {
            assert_eq!(behind(text), expected, "{text}");
        }
        for (text, expected) in [
            ("Wednesday, ", true),
            ("/ martes ", true),
            ("Samstag ", true),
            ("Monday meeting on ", false),
            ("", false),
        ] {
            assert_eq!(ends_in_weekday(text), expected, "{text}");
        }
    }
}
