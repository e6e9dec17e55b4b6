//! Stands between the app and the stand-in: passes everything on, except what a test has it answer
//! or change. So a test sees what the Link window asks for, without driving that window.

use std::{
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::{TcpListener, TcpStream},
    sync::Arc,
    thread,
};

/// One request of a browser or of the app.
pub struct Request {
    pub path: String,
    /// Lines of the head, as they came.
    head: Vec<String>,
    pub body: Vec<u8>,
}

impl Request {
    /// The value of a header, empty when it was not sent.
    pub fn header(&self, name: &str) -> String {
        let values = self.head.iter().filter_map(|line| line.split_once(':'));
        let mut same = values.filter(|(sent, _)| sent.eq_ignore_ascii_case(name));
        same.next()
            .map(|(_, value)| value.trim().to_owned())
            .unwrap_or_default()
    }
}

/// What becomes of a request.
pub enum Handled {
    /// Passed on; the answer comes back as it is.
    PassOn,
    /// Passed on; the body of the answer is changed on its way back.
    Change(fn(&str) -> String),
    /// Answered here: further head lines, and the body.
    Answer(&'static str, String),
    /// Not answered: the connection is closed, as where there is no network.
    HangUp,
}

/// Starts a proxy in front of the stand-in at `address`. Answers its own address; it serves until
/// the test has ended.
pub fn start(
    address: &str,
    handle: impl Fn(&Request) -> Handled + Send + Sync + 'static,
) -> String {
    let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a port");
    let own = format!("http://{}", listener.local_addr().expect("its address"));
    let behind = address.trim_start_matches("http://").to_owned();
    let handle = Arc::new(handle);
    thread::spawn(move || {
        for connection in listener.incoming().flatten() {
            let (handle, behind) = (Arc::clone(&handle), behind.clone());
            // A browser may hang up in the middle; that is no failure of the test.
            thread::spawn(move || serve(connection, &behind, &*handle));
        }
    });
    own
}

fn serve(
    mut connection: TcpStream,
    behind: &str,
    handle: &dyn Fn(&Request) -> Handled,
) -> std::io::Result<()> {
    let request = read(&connection)?;
    let answer = match handle(&request) {
        Handled::HangUp => return Ok(()),
        Handled::PassOn => pass_on(&request, behind)?,
        Handled::Change(change) => {
            let answer = String::from_utf8_lossy(&pass_on(&request, behind)?).into_owned();
            let (head, body) = answer.split_once("\r\n\r\n").unwrap_or((&answer, ""));
            let kept: Vec<&str> = head
                .lines()
                .filter(|line| !line.to_ascii_lowercase().starts_with("content-length"))
                .collect();
            let body = change(body);
            let length = body.len();
            let head = kept.join("\r\n");
            format!("{head}\r\ncontent-length: {length}\r\n\r\n{body}").into_bytes()
        }
        Handled::Answer(head, body) => format!(
            "HTTP/1.1 200 OK\r\n{head}content-length: {}\r\nconnection: close\r\n\r\n{body}",
            body.len()
        )
        .into_bytes(),
    };
    connection.write_all(&answer)
}

fn read(connection: &TcpStream) -> std::io::Result<Request> {
    let mut reader = BufReader::new(connection);
    let mut head = Vec::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line)?;
        let line = line.trim_end().to_owned();
        if line.is_empty() {
            break;
        }
        head.push(line);
    }
    let first = head.first().cloned().unwrap_or_default();
    let path = first.split(' ').nth(1).unwrap_or_default().to_owned();
    let mut request = Request {
        path,
        head,
        body: Vec::new(),
    };
    let length = request.header("content-length").parse().unwrap_or(0);
    request.body = vec![0; length];
    reader.read_exact(&mut request.body)?;
    Ok(request)
}

fn pass_on(request: &Request, behind: &str) -> std::io::Result<Vec<u8>> {
    let mut stand_in = TcpStream::connect(behind)?;
    let mut head = String::new();
    for line in &request.head {
        let name = line.split(':').next().unwrap_or_default();
        if !["host", "connection"].contains(&name.to_ascii_lowercase().as_str()) {
            head.push_str(line);
            head.push_str("\r\n");
        }
    }
    write!(
        stand_in,
        "{head}host: {behind}\r\nconnection: close\r\n\r\n"
    )?;
    stand_in.write_all(&request.body)?;
    let mut answer = Vec::new();
    stand_in.read_to_end(&mut answer)?;
    Ok(answer)
}
