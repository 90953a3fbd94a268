//! The local socket over which the command line speaks with the running daemon: one question as a
//! line of JSON, one answer as a line of JSON; before it, where the question asks for that, a line for each
//! step that is done.
//!
//! The socket's directory and file are for the daemon's user alone; that is all the protection it
//! needs and has.

use std::fs::{self, Permissions};
use std::io;
use std::os::unix::fs::{FileTypeExt as _, PermissionsExt as _};
use std::path::Path;
use std::pin::pin;
use std::time::Duration;

use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::unix::OwnedWriteHalf;
use tokio::net::{UnixListener, UnixStream};
use tokio::sync::mpsc;

use super::answer::{Answer, Clerk, Question};
use super::assessment::{Step, Tell};
use super::pulse::{AT_LEAST_EVERY, Pulse};

/// The longest question, in bytes.
const QUESTION_BYTES: u64 = 4 * 1024;
/// The longest answer, in bytes.
const ANSWER_BYTES: u64 = 64 * 1024 * 1024;
/// The longest step on the way to one, in bytes.
const STEP_BYTES: usize = 200;
/// How long a question may take to arrive.
const QUESTION_WAIT: Duration = Duration::from_secs(5);
/// How long an answer, or its next step, may take: a test message waits for its transport.
const ANSWER_WAIT: Duration = Duration::from_secs(120);

/// Binds the socket. The caller holds the store, so a socket that lies there is a dead one's.
pub fn bind(path: &Path) -> io::Result<UnixListener> {
    if let Some(dir) = path.parent() {
        fs::create_dir_all(dir)?;
    }
    match fs::symlink_metadata(path) {
        Ok(found) if found.file_type().is_socket() => fs::remove_file(path)?,
        Ok(_) => {
            let why = "something that is no socket lies there";
            return Err(io::Error::new(io::ErrorKind::AlreadyExists, why));
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => return Err(error),
    }
    let listener = UnixListener::bind(path)?;
    fs::set_permissions(path, Permissions::from_mode(0o600))?;
    Ok(listener)
}

/// Answers until the task is ended.
pub async fn serve(listener: UnixListener, clerk: Clerk, pulse: Pulse) {
    loop {
        pulse.beat();
        let Ok(accepted) = tokio::time::timeout(AT_LEAST_EVERY, listener.accept()).await else {
            continue;
        };
        match accepted {
            Ok((stream, _)) => {
                let clerk = clerk.clone();
                tokio::spawn(async move {
                    if let Err(error) = answer_one(stream, &clerk).await {
                        tracing::warn!(%error, "a question on the control socket broke off");
                    }
                });
            }
            Err(error) => {
                tracing::warn!(%error, "the control socket accepts nothing");
                tokio::time::sleep(Duration::from_secs(1)).await;
            }
        }
    }
}

async fn answer_one(stream: UnixStream, clerk: &Clerk) -> io::Result<()> {
    let (read, mut write) = stream.into_split();
    let mut line = String::new();
    let mut read = BufReader::new(read).take(QUESTION_BYTES);
    tokio::time::timeout(QUESTION_WAIT, read.read_line(&mut line)).await??;
    let answer = match serde_json::from_str::<Question>(&line) {
        Ok(question) => answered(clerk, question, &mut write).await?,
        Err(error) => Answer {
            ok: false,
            text: format!("the question cannot be read: {error}"),
        },
    };
    let mut bytes = serde_json::to_vec(&answer)?;
    bytes.push(b'\n');
    write.write_all(&bytes).await?;
    write.shutdown().await
}

/// The answer; each step on the way is written as it is done.
async fn answered(
    clerk: &Clerk,
    question: Question,
    write: &mut OwnedWriteHalf,
) -> io::Result<Answer> {
    let (done, mut steps) = mpsc::unbounded_channel();
    let tell = |step: Step| {
        // Whoever listens outlives the answer.
        let _ = done.send(step);
    };
    let mut answer = pin!(clerk.answer(question, &tell));
    loop {
        tokio::select! {
            biased;
            Some(step) = steps.recv() => {
                let mut bytes = serde_json::to_vec(&step)?;
                bytes.push(b'\n');
                write.write_all(&bytes).await?;
            }
            answer = &mut answer => return Ok(answer),
        }
    }
}

/// Asks the daemon behind `path`, and tells the steps on the way; `None` where nobody listens there.
pub async fn ask(path: &Path, question: &Question, tell: Tell<'_>) -> io::Result<Option<Answer>> {
    let stream = match UnixStream::connect(path).await {
        Ok(stream) => stream,
        Err(error)
            if matches!(
                error.kind(),
                io::ErrorKind::NotFound | io::ErrorKind::ConnectionRefused
            ) =>
        {
            return Ok(None);
        }
        Err(error) => return Err(error),
    };
    let (read, mut write) = stream.into_split();
    let mut bytes = serde_json::to_vec(question)?;
    bytes.push(b'\n');
    write.write_all(&bytes).await?;
    let mut read = BufReader::new(read).take(ANSWER_BYTES);
    loop {
        let mut line = String::new();
        tokio::time::timeout(ANSWER_WAIT, read.read_line(&mut line)).await??;
        let step = Some(&line).filter(|line| line.len() <= STEP_BYTES);
        match step.and_then(|line| serde_json::from_str(line).ok()) {
            Some(step) => tell(step),
            None => return Ok(Some(serde_json::from_str(&line)?)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_dead_socket_is_replaced_and_a_file_is_not() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("control.sock");
        drop(bind(&path).unwrap());
        assert!(path.exists());
        drop(bind(&path).unwrap());
        let file = dir.path().join("monitor.toml");
        fs::write(&file, "precious").unwrap();
        assert!(bind(&file).is_err());
        assert_eq!(fs::read_to_string(&file).unwrap(), "precious");
    }
}
