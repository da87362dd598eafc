//! Order in short lists. The standard sorts are four kilobytes of code for each type they sort, which the page downloads; what is
//! sorted here has a handful of items.

use litemap::LiteMap;

/// Sorts by `key`; equal items keep their order. Meant for lists so short that quadratic time is none.
pub fn sort_by<T, K: Ord>(list: &mut [T], key: impl Fn(&T) -> K) {
    for end in 1..list.len() {
        let mut at = end;
        while at > 0
            && let (Some(before), Some(this)) = (list.get(at - 1), list.get(at))
            && key(before) > key(this)
        {
            list.swap(at - 1, at);
            at -= 1;
        }
    }
}

/// A small map, one pair after the other; a later pair of the same key replaces the earlier one.
pub fn map<K: Ord, V>(pairs: impl IntoIterator<Item = (K, V)>) -> LiteMap<K, V> {
    let mut map = LiteMap::new();
    for (key, value) in pairs {
        map.insert(key, value);
    }
    map
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_items_keep_their_order() {
        let mut list = [(3, 'a'), (1, 'b'), (3, 'c'), (2, 'd'), (1, 'e')];
        sort_by(&mut list, |(number, _)| *number);
        assert_eq!(list, [(1, 'b'), (1, 'e'), (2, 'd'), (3, 'a'), (3, 'c')]);
        sort_by::<u8, u8>(&mut [], |item| *item);
    }

    #[test]
    fn a_later_pair_replaces_an_earlier_one() {
        let map = map([(2, 'a'), (1, 'b'), (2, 'c')]);
        assert!(map.iter().eq([(&1, &'b'), (&2, &'c')]));
    }
}
