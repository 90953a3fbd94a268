//! Faults and warnings of a configuration, as they are told to the person who wrote it.

use std::fmt;
use std::path::PathBuf;

/// The most faults that are printed; behind them stands how many there are.
const SHOWN: usize = 200;

/// Something that is wrong and must be mended before anything starts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The file.
    pub file: PathBuf,
    /// The line, from 1; `None` when the whole file is meant.
    pub line: Option<usize>,
    /// What is wrong, and what is known instead.
    pub message: String,
    /// The line's text, as far as it may be shown.
    pub text: Option<String>,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:", self.file.display())?;
        if let Some(line) = self.line {
            write!(f, "{line}:")?;
        }
        write!(f, " {}", self.message)?;
        if let Some(text) = &self.text {
            write!(f, "\n    {text}")?;
        }
        Ok(())
    }
}

/// Every fault of every file, in the order of the files and their lines; never empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Faults(pub Vec<Fault>);

impl fmt::Display for Faults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for fault in self.0.iter().take(SHOWN) {
            writeln!(f, "{fault}")?;
        }
        match self.0.len() {
            1 => f.write_str("1 fault in the configuration"),
            n if n > SHOWN => write!(f, "{n} faults in the configuration, {SHOWN} shown"),
            n => write!(f, "{n} faults in the configuration"),
        }
    }
}

impl std::error::Error for Faults {}

/// Something that is legal and that an administrator should know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Warning {
    /// Whether it must not be overlooked.
    pub loud: bool,
    /// What to know.
    pub message: String,
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let head = if self.loud { "WARNING" } else { "note" };
        write!(f, "{head}: {}", self.message)
    }
}
