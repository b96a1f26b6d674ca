//! Rows as they are stored, and as they are to be.

use std::collections::BTreeMap;

/// The rows of one table that a unit of work has loaded or made.
#[derive(Debug)]
pub(crate) struct Table<K, V> {
    stored: BTreeMap<K, V>,
    now: BTreeMap<K, V>,
}

impl<K, V> Default for Table<K, V> {
    fn default() -> Self {
        Self {
            stored: BTreeMap::new(),
            now: BTreeMap::new(),
        }
    }
}

impl<K: Ord + Clone, V: Clone + PartialEq> Table<K, V> {
    /// Takes a row as the database has it.
    pub(crate) fn load(&mut self, key: K, row: V) {
        self.stored.insert(key.clone(), row.clone());
        self.now.insert(key, row);
    }

    pub(crate) fn get(&self, key: &K) -> Option<&V> {
        self.now.get(key)
    }

    pub(crate) fn get_mut(&mut self, key: &K) -> Option<&mut V> {
        self.now.get_mut(key)
    }

    pub(crate) fn insert(&mut self, key: K, row: V) {
        self.now.insert(key, row);
    }

    pub(crate) fn remove(&mut self, key: &K) -> Option<V> {
        self.now.remove(key)
    }

    /// Keeps the rows that `keep` says.
    pub(crate) fn retain(&mut self, mut keep: impl FnMut(&K) -> bool) {
        self.now.retain(|key, _| keep(key));
    }

    /// The rows as they are to be, by key.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&K, &V)> {
        self.now.iter()
    }

    /// The same, to be changed.
    pub(crate) fn iter_mut(&mut self) -> impl Iterator<Item = (&K, &mut V)> {
        self.now.iter_mut()
    }

    /// Rows that the database does not have.
    pub(crate) fn added(&self) -> impl Iterator<Item = (&K, &V)> {
        self.now
            .iter()
            .filter(|(key, _)| !self.stored.contains_key(key))
    }

    /// Rows that the database has otherwise: how it has them, and how they are to be.
    pub(crate) fn changed(&self) -> impl Iterator<Item = (&K, &V, &V)> + Clone {
        self.now.iter().filter_map(|(key, now)| {
            let stored = self.stored.get(key)?;
            (stored != now).then_some((key, stored, now))
        })
    }

    /// Rows that the database is to lose.
    pub(crate) fn removed(&self) -> impl Iterator<Item = &K> {
        self.stored.keys().filter(|key| !self.now.contains_key(key))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_tells_what_became_of_its_rows() {
        let mut table = Table::default();
        for key in ["same", "changed", "removed", "replaced"] {
            table.load(key, 1);
        }
        *table.get_mut(&"changed").unwrap() = 2;
        table.remove(&"removed");
        table.remove(&"replaced");
        table.insert("replaced", 3);
        table.insert("added", 4);
        table.insert("fleeting", 5);
        table.remove(&"fleeting");
        assert_eq!(table.added().collect::<Vec<_>>(), [(&"added", &4)]);
        let changed = [(&"changed", &1, &2), (&"replaced", &1, &3)];
        assert_eq!(table.changed().collect::<Vec<_>>(), changed);
        assert_eq!(table.removed().collect::<Vec<_>>(), [&"removed"]);
    }
}
