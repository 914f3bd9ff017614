//! The same work on many items, spread over the machine's cores.

use std::ops::Range;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::Failure;
use crate::git::Repo;

/// Fewer items than this are done before a second thread has opened the repository.
const WORTH_A_THREAD: usize = 16;

/// The fewest items that are worth a thread, where each is much work.
const WORTH_A_THREAD_OF_MUCH: usize = 2;

/// More threads than this wait for each other's reads.
const MOST_THREADS: usize = 8;

/// Neighbours are alike, so what was read for one is at hand for the next: each thread takes this many.
const MOST_AT_ONCE: usize = 32;

/// Runs `work` on every item and returns the results in the items' order, or the first failure.
/// `done` hears after each item how many are finished.
pub(super) fn for_each<T: Sync, R: Send>(
    repo: &Repo,
    items: &[T],
    done: &(dyn Fn(usize) + Sync),
    work: &(dyn Fn(&Repo, &T) -> Result<R, Failure> + Sync),
) -> Result<Vec<R>, Failure> {
    for_each_or_few(repo, items, done, work, &|| false)
}

/// The same, for items of which a few may be much work: `is_much` is asked after each of them.
pub(super) fn for_each_or_few<T: Sync, R: Send>(
    repo: &Repo,
    items: &[T],
    done: &(dyn Fn(usize) + Sync),
    work: &(dyn Fn(&Repo, &T) -> Result<R, Failure> + Sync),
    is_much: &dyn Fn() -> bool,
) -> Result<Vec<R>, Failure> {
    let results: Mutex<Vec<Option<R>>> = Mutex::new(items.iter().map(|_| None).collect());
    let keep = |repo: &Repo, at: usize| {
        let result = items.get(at).map(|item| work(repo, item)).transpose()?;
        if let Some(place) = held(&results).get_mut(at) {
            *place = result;
        }
        Ok(())
    };
    each(repo, items.len(), &Work { done, keep: &keep }, is_much)?;
    Ok(results.into_inner().unwrap_or_else(PoisonError::into_inner).into_iter().flatten().collect())
}

/// What is done with each item, by its place.
struct Work<'w> {
    done: &'w (dyn Fn(usize) + Sync),
    keep: &'w (dyn Fn(&Repo, usize) -> Result<(), Failure> + Sync),
}

fn each(repo: &Repo, count: usize, work: &Work<'_>, is_much: &dyn Fn() -> bool) -> Result<(), Failure> {
    let cores = std::thread::available_parallelism().map_or(1, usize::from).min(MOST_THREADS);
    let threads = cores.min(count / WORTH_A_THREAD);
    if threads >= 2 {
        return spread(repo, 0..count, threads, work);
    }
    for at in 0..count {
        let threads = cores.min((count - at) / WORTH_A_THREAD_OF_MUCH);
        if threads >= 2 && is_much() {
            return spread(repo, at..count, threads, work);
        }
        (work.keep)(repo, at)?;
        (work.done)(at + 1);
    }
    Ok(())
}

fn spread(repo: &Repo, places: Range<usize>, threads: usize, work: &Work<'_>) -> Result<(), Failure> {
    let (next, finished) = (AtomicUsize::new(places.start), AtomicUsize::new(places.start));
    let failed: Mutex<Option<(usize, Failure)>> = Mutex::new(None);
    let take = || {
        // The last are taken one by one, so that no thread waits long for another.
        let left = places.end.saturating_sub(next.load(Ordering::Relaxed));
        let at_once = (left / (threads * 4)).clamp(1, MOST_AT_ONCE);
        let start = next.fetch_add(at_once, Ordering::Relaxed);
        Some(start..places.end.min(start.saturating_add(at_once))).filter(|some| !some.is_empty())
    };
    let take_turns = |repo: &Repo| {
        while let Some(some) = take() {
            for at in some {
                let kept = (work.keep)(repo, at);
                (work.done)(finished.fetch_add(1, Ordering::Relaxed) + 1);
                if let Err(failure) = kept {
                    let mut failed = held(&failed);
                    if failed.as_ref().is_none_or(|(first, _)| at < *first) {
                        *failed = Some((at, failure));
                    }
                    // Nobody needs the rest any more.
                    next.store(places.end, Ordering::Relaxed);
                    return;
                }
            }
        }
    };
    let others: Vec<Repo> = (1..threads).map(|_| repo.again()).collect::<Result<_, _>>()?;
    std::thread::scope(|scope| {
        for other in others {
            let take_turns = &take_turns;
            // Where no thread can be had, its share is left to the others.
            let _ = std::thread::Builder::new().spawn_scoped(scope, move || take_turns(&other));
        }
        take_turns(repo);
    });
    match failed.into_inner().unwrap_or_else(PoisonError::into_inner) {
        Some((_, failure)) => Err(failure),
        None => Ok(()),
    }
}

fn held<T>(what: &Mutex<T>) -> MutexGuard<'_, T> {
    what.lock().unwrap_or_else(PoisonError::into_inner)
}
