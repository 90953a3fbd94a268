//! Passwords: what is taken for one, and their argon2id digests.

use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _};

/// The fewest characters of a password.
pub const LEAST_CHARS: usize = 10;
/// The most bytes that are looked at.
pub const MOST_BYTES: usize = 256;

/// Why a password is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PasswordFault {
    /// Too short to withstand guessing.
    #[error("a password has at least {LEAST_CHARS} characters")]
    Short,
    /// Longer than is looked at.
    #[error("a password has at most {MOST_BYTES} bytes")]
    Long,
    /// Made of one or two characters, or of the account's name.
    #[error("this password is guessed at once")]
    Plain,
    /// The digest could not be made.
    #[error("the password's digest cannot be made")]
    Digest,
}

/// The digest of a new password for the account `name`, in the PHC string format.
pub fn digest(password: &str, name: &str) -> Result<String, PasswordFault> {
    let mut kinds: Vec<char> = password.chars().collect();
    if kinds.len() < LEAST_CHARS {
        return Err(PasswordFault::Short);
    }
    if password.len() > MOST_BYTES {
        return Err(PasswordFault::Long);
    }
    kinds.sort_unstable();
    kinds.dedup();
    let rest = password.to_lowercase().replace(name, "");
    if kinds.len() < 4 || rest.chars().count() < LEAST_CHARS / 2 {
        return Err(PasswordFault::Plain);
    }
    Argon2::default()
        .hash_password(password.as_bytes())
        .map(|digest| digest.to_string())
        .map_err(|_| PasswordFault::Digest)
}

/// Whether `password` is the one that `digest` was made of. Where there is no digest, the same work
/// is done and the answer is no: the time tells nobody which accounts there are.
pub fn matches(password: &str, digest: Option<&str>) -> bool {
    if password.len() > MOST_BYTES {
        return false;
    }
    let parsed = digest.and_then(|digest| PasswordHash::new(digest).ok());
    match parsed {
        Some(parsed) => Argon2::default()
            .verify_password(password.as_bytes(), &parsed)
            .is_ok(),
        None => {
            let _ = Argon2::default().hash_password(password.as_bytes());
            false
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_guessed_at_once_is_not_taken() {
        let rows = [
            ("short", PasswordFault::Short),
            ("", PasswordFault::Short),
            ("aaaaaaaaaaaaaa", PasswordFault::Plain),
            ("1212121212121212", PasswordFault::Plain),
            ("liming1234", PasswordFault::Plain),
            ("LiMingLiMing", PasswordFault::Plain),
        ];
        for (password, fault) in rows {
            assert_eq!(digest(password, "liming"), Err(fault), "{password}");
        }
        let long = "abcdefgh".repeat(40);
        assert_eq!(digest(&long, "liming"), Err(PasswordFault::Long));
    }

    #[test]
    fn only_the_password_itself_matches() {
        let made = digest("correct horse battery", "liming").unwrap();
        assert!(made.starts_with("$argon2id$"), "{made}");
        assert!(matches("correct horse battery", Some(&made)));
        assert!(!matches("correct horse batterz", Some(&made)));
        assert!(!matches("correct horse battery", None));
        assert!(!matches("correct horse battery", Some("$argon2id$broken")));
        assert_ne!(made, digest("correct horse battery", "liming").unwrap());
    }
}
