//! Rows as they are stored, and as they are to be.

use std::collections::BTreeMap;

/// The rows of one table that a unit of work has loaded or made.
#[derive(Debug)]
pub(crate) struct Table<K, V> {
    rows: BTreeMap<K, Row<V>>,
}

/// One row.
#[derive(Debug)]
struct Row<V> {
    stored: Stored<V>,
    /// As it is to be; `None` when it is to go.
    now: Option<V>,
}

/// How the database has a row. It is kept apart only once it differs: most rows are read and not
/// changed.
#[derive(Debug)]
enum Stored<V> {
    /// Not at all.
    Absent,
    /// As it is to be.
    Same,
    /// So.
    Otherwise(V),
}

impl<K, V> Default for Table<K, V> {
    fn default() -> Self {
        Self {
            rows: BTreeMap::new(),
        }
    }
}

impl<V: Clone> Row<V> {
    /// Keeps the stored row before it is changed.
    fn part(&mut self) {
        if let (Stored::Same, Some(now)) = (&self.stored, &self.now) {
            self.stored = Stored::Otherwise(now.clone());
        }
    }
}

impl<K: Ord, V: Clone + PartialEq> Table<K, V> {
    /// Takes a row as the database has it.
    pub(crate) fn load(&mut self, key: K, row: V) {
        let row = Row {
            stored: Stored::Same,
            now: Some(row),
        };
        self.rows.insert(key, row);
    }

    pub(crate) fn get(&self, key: &K) -> Option<&V> {
        self.rows.get(key)?.now.as_ref()
    }

    pub(crate) fn get_mut(&mut self, key: &K) -> Option<&mut V> {
        let row = self.rows.get_mut(key)?;
        row.part();
        row.now.as_mut()
    }

    pub(crate) fn insert(&mut self, key: K, now: V) {
        let row = self.rows.entry(key).or_insert(Row {
            stored: Stored::Absent,
            now: None,
        });
        row.part();
        row.now = Some(now);
    }

    pub(crate) fn remove(&mut self, key: &K) {
        if let Some(row) = self.rows.get_mut(key) {
            row.part();
            row.now = None;
        }
    }

    /// Keeps the rows that `keep` says.
    pub(crate) fn retain(&mut self, mut keep: impl FnMut(&K) -> bool) {
        for (key, row) in &mut self.rows {
            if !keep(key) {
                row.part();
                row.now = None;
            }
        }
    }

    /// The rows as they are to be, by key.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&K, &V)> {
        let rows = self.rows.iter();
        rows.filter_map(|(key, row)| Some((key, row.now.as_ref()?)))
    }

    /// The same, to be changed.
    pub(crate) fn iter_mut(&mut self) -> impl Iterator<Item = (&K, &mut V)> {
        self.rows.iter_mut().filter_map(|(key, row)| {
            row.part();
            Some((key, row.now.as_mut()?))
        })
    }

    /// Rows that the database does not have.
    pub(crate) fn added(&self) -> impl Iterator<Item = (&K, &V)> {
        self.rows.iter().filter_map(|(key, row)| match row {
            Row {
                stored: Stored::Absent,
                now: Some(now),
            } => Some((key, now)),
            _ => None,
        })
    }

    /// Rows that the database has otherwise: how it has them, and how they are to be.
    pub(crate) fn changed(&self) -> impl Iterator<Item = (&K, &V, &V)> + Clone {
        self.rows.iter().filter_map(|(key, row)| match row {
            Row {
                stored: Stored::Otherwise(stored),
                now: Some(now),
            } if stored != now => Some((key, stored, now)),
            _ => None,
        })
    }

    /// Rows that the database is to lose.
    pub(crate) fn removed(&self) -> impl Iterator<Item = &K> {
        self.rows.iter().filter_map(|(key, row)| match row {
            Row {
                stored: Stored::Otherwise(_),
                now: None,
            } => Some(key),
            _ => None,
        })
    }

    /// Rows that were added, changed or removed, as they are to be.
    pub(crate) fn written(&self) -> impl Iterator<Item = (&K, Option<&V>)> {
        let rows = self.rows.iter().filter(|(_, row)| match &row.stored {
            Stored::Absent => row.now.is_some(),
            Stored::Same => false,
            Stored::Otherwise(stored) => row.now.as_ref() != Some(stored),
        });
        rows.map(|(key, row)| (key, row.now.as_ref()))
    }

    /// All that was written back: the database has the rows as they were to be.
    pub(crate) fn settle(&mut self, mut keep: impl FnMut(&V) -> bool) {
        self.rows.retain(|_, row| {
            row.stored = Stored::Same;
            row.now.as_ref().is_some_and(&mut keep)
        });
    }

    /// How many rows there are, those that are to go included.
    pub(crate) fn len(&self) -> usize {
        self.rows.len()
    }

    /// The rows as they are to be.
    pub(crate) fn into_rows(self) -> impl Iterator<Item = (K, V)> {
        let rows = self.rows.into_iter();
        rows.filter_map(|(key, row)| Some((key, row.now?)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table() -> Table<&'static str, i32> {
        let mut table = Table::default();
        for key in ["same", "changed", "removed", "replaced", "touched"] {
            table.load(key, 1);
        }
        *table.get_mut(&"changed").unwrap() = 2;
        *table.get_mut(&"touched").unwrap() = 1;
        table.remove(&"removed");
        table.remove(&"replaced");
        table.insert("replaced", 3);
        table.insert("added", 4);
        table.insert("fleeting", 5);
        table.remove(&"fleeting");
        table
    }

    #[test]
    fn a_table_tells_what_became_of_its_rows() {
        let table = table();
        assert_eq!(table.added().collect::<Vec<_>>(), [(&"added", &4)]);
        let changed = [(&"changed", &1, &2), (&"replaced", &1, &3)];
        assert_eq!(table.changed().collect::<Vec<_>>(), changed);
        assert_eq!(table.removed().collect::<Vec<_>>(), [&"removed"]);
        let written = [
            (&"added", Some(&4)),
            (&"changed", Some(&2)),
            (&"removed", None),
            (&"replaced", Some(&3)),
        ];
        assert_eq!(table.written().collect::<Vec<_>>(), written);
    }

    #[test]
    fn what_is_settled_differs_no_more() {
        let mut table = table();
        table.settle(|row| *row < 4);
        let rows = [("changed", 2), ("replaced", 3), ("same", 1), ("touched", 1)];
        assert!(table.iter().eq(rows.iter().map(|(key, row)| (key, row))));
        assert_eq!(table.added().count(), 0);
        assert_eq!(table.changed().count(), 0);
        assert_eq!(table.removed().count(), 0);
        table.remove(&"same");
        assert_eq!(table.removed().collect::<Vec<_>>(), [&"same"]);
    }
}
