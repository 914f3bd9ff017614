//! A server on this machine that takes what is sent, in the mood it is put into.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::Value;

/// Longer than anything here takes, so that a test fails instead of hanging.
const PATIENCE: Duration = Duration::from_secs(60);

/// What the server does with a request.
#[derive(Clone, Copy)]
pub(crate) enum Mood {
    Well,
    Failing,
    Stalling,
}

pub(crate) struct Request {
    pub(crate) path: String,
    pub(crate) headers: BTreeMap<String, String>,
    pub(crate) body: String,
}

impl Request {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }
}

pub(crate) struct Server {
    pub(crate) address: String,
    mood: Arc<Mutex<Mood>>,
    /// Connections that wait for an answer.
    pub(crate) stalled: Arc<Mutex<Vec<TcpStream>>>,
    requests: Receiver<Request>,
}

impl Server {
    pub(crate) fn new(mood: Mood) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let (mood, stalled) = (Arc::new(Mutex::new(mood)), Arc::new(Mutex::new(Vec::new())));
        let (told, requests) = channel();
        let (its_mood, its_stalled) = (Arc::clone(&mood), Arc::clone(&stalled));
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                let Some(request) = read(&stream) else { continue };
                // Told before it is answered: whoever sent it goes on as soon as it is.
                let mood = *its_mood.lock().unwrap();
                let answer: &[u8] = match mood {
                    Mood::Stalling => {
                        its_stalled.lock().unwrap().push(stream.try_clone().unwrap());
                        b""
                    }
                    Mood::Well => b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
                    Mood::Failing => b"HTTP/1.1 500 Oops\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
                };
                if told.send(request).is_err() {
                    return;
                }
                // Whoever was killed meanwhile wants no answer.
                let _ = stream.write_all(answer);
            }
        });
        Self { address, mood, stalled, requests }
    }

    pub(crate) fn becomes(&self, mood: Mood) {
        *self.mood.lock().unwrap() = mood;
    }

    /// The next request, waited for.
    pub(crate) fn next(&self) -> Request {
        self.requests.recv_timeout(PATIENCE).unwrap()
    }

    /// What came since somebody last looked; nothing is under way any more.
    pub(crate) fn rest(&self) -> Vec<Request> {
        self.requests.try_iter().collect()
    }
}

fn read(stream: &TcpStream) -> Option<Request> {
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    reader.read_line(&mut line).ok()?;
    let path = line.split(' ').nth(1)?.to_owned();
    let mut headers = BTreeMap::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        let Some((name, value)) = line.trim_end().split_once(": ") else { break };
        headers.insert(name.to_lowercase(), value.to_owned());
    }
    let mut body = vec![0; headers.get("content-length")?.parse().ok()?];
    reader.read_exact(&mut body).ok()?;
    Some(Request { path, headers, body: String::from_utf8(body).ok()? })
}
