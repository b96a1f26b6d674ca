//! Who takes part in a history, and in which threads.

use std::net::SocketAddr;

use crate::support::{Person, Server, open};

const USERS: usize = 6;

/// A thread and who is in it.
#[derive(Debug, Clone)]
pub(super) struct Thread {
    pub(super) id: String,
    members: Vec<String>,
}

impl Thread {
    pub(super) fn has(&self, user: &str) -> bool {
        self.members.iter().any(|member| member == user)
    }
}

/// People, their threads, and the place in the log where all begins.
#[derive(Debug)]
pub(super) struct Cast {
    pub(super) people: Vec<Person>,
    pub(super) threads: Vec<Thread>,
    pub(super) start: String,
}

impl Cast {
    /// Opens one group of all, one of half, and direct threads between neighbours.
    pub(super) async fn open(server: &Server) -> Self {
        let people: Vec<_> = (0..USERS).map(|n| person(server, n)).collect();
        let mut circles: Vec<Vec<&Person>> = vec![
            people.iter().collect(),
            people.iter().take(USERS / 2).collect(),
        ];
        circles.extend(people.windows(2).map(|pair| pair.iter().collect()));
        let mut threads = Vec::new();
        for circle in circles {
            threads.push(Thread {
                id: open(circle[0], &circle[1..]).await,
                members: circle.iter().map(|person| person.id.clone()).collect(),
            });
        }
        let sync = people[0].get("/api/sync").await.expect(200);
        Self {
            start: sync["cursor"].as_str().unwrap().to_owned(),
            people,
            threads,
        }
    }

    /// The same, asking another server.
    pub(super) fn at(self, address: SocketAddr) -> Self {
        let people = self.people.into_iter();
        Self {
            people: people.map(|person| Person { address, ..person }).collect(),
            ..self
        }
    }

    /// The ids of the threads that a person is in.
    pub(super) fn threads_of(&self, person: &Person) -> Vec<String> {
        let own = self.threads.iter().filter(|thread| thread.has(&person.id));
        own.map(|thread| thread.id.clone()).collect()
    }
}

fn person(server: &Server, n: usize) -> Person {
    let id = format!("user-{n}");
    if n.is_multiple_of(2) {
        server.client(&id)
    } else {
        server.creator(&id)
    }
}
