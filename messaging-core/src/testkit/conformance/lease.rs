//! Leases.

use futures_util::future::join_all;

use crate::testkit::Scene;

/// One holder has a job until its time is over; then another may take it.
pub async fn a_lease_is_one_holders_while_it_lasts(scene: Scene) {
    let store = scene.store();
    let (start, middle, end) = (scene.minutes(0), scene.minutes(5), scene.minutes(10));
    assert!(store.take_lease("job", "one", end, start).await.unwrap());
    assert!(!store.take_lease("job", "two", end, middle).await.unwrap());
    assert!(store.take_lease("other", "two", end, middle).await.unwrap());
    let later = scene.minutes(20);
    assert!(store.take_lease("job", "two", later, end).await.unwrap());
    assert!(!store.take_lease("job", "one", later, end).await.unwrap());
}

/// Who has a job prolongs it.
pub async fn a_holder_prolongs_its_lease(scene: Scene) {
    let store = scene.store();
    let (start, end, later) = (scene.minutes(0), scene.minutes(10), scene.minutes(20));
    assert!(store.take_lease("job", "one", end, start).await.unwrap());
    assert!(store.take_lease("job", "one", later, start).await.unwrap());
    assert!(!store.take_lease("job", "two", later, end).await.unwrap());
}

/// A job that was given back is free; who does not have it cannot give it back.
pub async fn a_lease_is_given_back_by_its_holder_alone(scene: Scene) {
    let store = scene.store();
    let (start, end) = (scene.minutes(0), scene.minutes(10));
    assert!(store.take_lease("job", "one", end, start).await.unwrap());
    store.release_lease("job", "two").await.unwrap();
    store.release_lease("none", "two").await.unwrap();
    assert!(!store.take_lease("job", "two", end, start).await.unwrap());
    store.release_lease("job", "one").await.unwrap();
    assert!(store.take_lease("job", "two", end, start).await.unwrap());
}

/// Of many that want a job at once one gets it.
pub async fn one_of_many_gets_a_lease(scene: Scene) {
    let store = scene.store();
    let (start, end) = (scene.minutes(0), scene.minutes(10));
    let names: Vec<String> = (0..8).map(|number| number.to_string()).collect();
    let takes = names
        .iter()
        .map(|name| store.take_lease("job", name, end, start));
    let outcomes = join_all(takes).await;
    let won = outcomes.iter().filter(|won| *won.as_ref().unwrap());
    assert_eq!(won.count(), 1);
}
