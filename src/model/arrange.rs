//! Putting things in order, by code that is compiled once instead of once for every type and key.

use std::cmp::Ordering;

/// The standard sort, stable, at a hundredth of its size in the binary: that one is compiled anew for
/// every key it is asked for, some 5 KB each. Where ten thousands are sorted on the way of every
/// commit, the standard one is quicker.
pub trait Arrange<T> {
    fn arrange_by(&mut self, compare: impl FnMut(&T, &T) -> Ordering);

    fn arrange_by_key<K: Ord>(&mut self, mut key: impl FnMut(&T) -> K) {
        self.arrange_by(|one, other| key(one).cmp(&key(other)));
    }

    fn arrange(&mut self)
    where
        T: Ord,
    {
        self.arrange_by(T::cmp);
    }
}

impl<T> Arrange<T> for [T] {
    fn arrange_by(&mut self, mut compare: impl FnMut(&T, &T) -> Ordering) {
        let mut places = places(self.len(), &mut |one, other| match (self.get(one), self.get(other)) {
            (Some(one), Some(other)) => compare(one, other),
            _ => Ordering::Equal,
        });
        for at in 0..self.len() {
            while let Some(&place) = places.get(at).filter(|place| **place != at) {
                self.swap(at, place);
                places.swap(at, place);
            }
        }
    }
}

/// Into a map one by one: `collect` sorts first, by a sort compiled for each kind of iterator.
pub trait Gather: Iterator + Sized {
    fn gathered<C: Default + Extend<Self::Item>>(self) -> C {
        let mut all = C::default();
        all.extend(self);
        all
    }
}

impl<I: Iterator> Gather for I {}

/// Where each of so many things belongs.
fn places(many: usize, compare: &mut dyn FnMut(usize, usize) -> Ordering) -> Vec<usize> {
    let mut ranked: Vec<usize> = (0..many).collect();
    ranked.sort_by(|one, other| compare(*one, *other));
    let mut places = vec![0; many];
    for (place, was) in ranked.into_iter().enumerate() {
        if let Some(of) = places.get_mut(was) {
            *of = place;
        }
    }
    places
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn the_order_is_that_of_the_standard_sort(things in prop::collection::vec((0_u8..6, 0_u8..6), 0..60)) {
            let (mut ours, mut standard) = (things.clone(), things);

            ours.arrange_by_key(|thing| thing.0);
            standard.sort_by_key(|thing| thing.0);

            prop_assert_eq!(&ours, &standard);
            ours.arrange();
            standard.sort_unstable();
            prop_assert_eq!(ours, standard);
        }
    }
}
