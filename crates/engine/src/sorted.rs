//! A map by number, as two lists in order: for what is mostly made in order, or small.
//!
//! The maps of the standard library bring some kilobytes into the core for each type of value;
//! what searches here is the same code for all.

/// Values by number, in order. To insert anywhere but at the end moves what follows.
#[derive(Clone)]
pub(crate) struct SortedMap<V> {
    keys: Vec<u64>,
    /// Beside each key its value.
    values: Vec<V>,
}

impl<V> Default for SortedMap<V> {
    fn default() -> SortedMap<V> {
        SortedMap {
            keys: Vec::new(),
            values: Vec::new(),
        }
    }
}

impl<V> SortedMap<V> {
    pub(crate) fn get(&self, key: impl Into<u64>) -> Option<&V> {
        let at = position(&self.keys, key.into()).ok()?;
        Some(&self.values[at])
    }

    pub(crate) fn get_mut(&mut self, key: impl Into<u64>) -> Option<&mut V> {
        let at = position(&self.keys, key.into()).ok()?;
        Some(&mut self.values[at])
    }

    pub(crate) fn contains(&self, key: impl Into<u64>) -> bool {
        position(&self.keys, key.into()).is_ok()
    }

    /// Puts a value where none or another one was.
    pub(crate) fn insert(&mut self, key: impl Into<u64>, value: V) {
        let key = key.into();
        match position(&self.keys, key) {
            Ok(at) => self.values[at] = value,
            Err(at) => {
                self.keys.insert(at, key);
                self.values.insert(at, value);
            }
        }
    }

    /// Adds a value whose key is above all others. Says whether it is.
    pub(crate) fn push(&mut self, key: impl Into<u64>, value: V) -> bool {
        let key = key.into();
        let is_above = self.keys.last().is_none_or(|last| *last < key);
        if is_above {
            self.keys.push(key);
            self.values.push(value);
        }
        is_above
    }

    /// The entries of both; those of `other` where both have one.
    pub(crate) fn merge(self, other: SortedMap<V>) -> SortedMap<V> {
        let mut merged = SortedMap::default();
        let mut others = other.keys.into_iter().zip(other.values).peekable();
        for (key, value) in self.keys.into_iter().zip(self.values) {
            while let Some((key, value)) = others.next_if(|(other, _)| *other <= key) {
                merged.push(key, value);
            }
            merged.push(key, value);
        }
        for (key, value) in others {
            merged.push(key, value);
        }
        merged
    }

    pub(crate) fn remove(&mut self, key: impl Into<u64>) -> Option<V> {
        let at = position(&self.keys, key.into()).ok()?;
        self.keys.remove(at);
        Some(self.values.remove(at))
    }

    pub(crate) fn clear(&mut self) {
        self.keys.clear();
        self.values.clear();
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    /// The keys, in order.
    pub(crate) fn keys(&self) -> &[u64] {
        &self.keys
    }
}

/// Where a key is, or where it would be.
#[inline(never)]
fn position(keys: &[u64], key: u64) -> Result<usize, usize> {
    keys.binary_search(&key)
}

#[cfg(test)]
mod tests {
    use super::SortedMap;

    #[test]
    fn what_was_inserted_is_found_in_order_until_it_is_removed() {
        let mut map = SortedMap::default();
        for key in [5_u32, 1, 9, 3] {
            map.insert(key, key * 10);
        }
        map.insert(3_u32, 31);
        assert_eq!(map.keys(), [1, 3, 5, 9]);
        assert_eq!(map.get(3_u32), Some(&31));
        assert_eq!(map.get(4_u32), None);
        assert_eq!(map.remove(5_u32), Some(50));
        assert_eq!(map.remove(5_u32), None);
        assert!(map.contains(9_u32) && !map.contains(5_u32));
        *map.get_mut(1_u32).unwrap() = 7;
        assert_eq!(map.get(1_u32), Some(&7));
        map.clear();
        assert!(map.is_empty() && map.keys().is_empty());
    }

    #[test]
    fn merged_maps_are_in_order_and_the_other_one_decides() {
        let map = |keys: &[u32], value| {
            let mut map = SortedMap::default();
            keys.iter().for_each(|key| assert!(map.push(*key, value)));
            map
        };
        let merged = map(&[2, 4, 6], 'a').merge(map(&[1, 4, 5, 9], 'b'));
        assert_eq!(merged.keys(), [1, 2, 4, 5, 6, 9]);
        let values: String = merged.values.iter().collect();
        assert_eq!(values, "babbab");
    }

    #[test]
    fn only_keys_above_all_others_are_pushed() {
        let mut map = SortedMap::default();
        assert!(map.push(2_u32, 'a'));
        assert!(!map.push(2_u32, 'b'));
        assert!(!map.push(1_u32, 'c'));
        assert!(map.push(3_u32, 'd'));
        assert_eq!(map.keys(), [2, 3]);
        assert_eq!(map.get(2_u32), Some(&'a'));
    }
}
