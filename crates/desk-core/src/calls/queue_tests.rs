use super::*;

fn target(item: &str, bank: &str) -> BalanceTarget {
    BalanceTarget {
        item_id: ItemId::new(item),
        institution_id: Some(InstitutionId::new(bank)),
        institution_name: format!("Bank {bank}"),
        accounts: Vec::new(),
    }
}

fn queue(targets: &[(&str, &str)]) -> CallQueue<BalanceTarget> {
    let pace = CallPace {
        busy_patience: Duration::from_secs(60),
        offline_patience: Duration::from_secs(600),
        ..CallPace::default()
    };
    let targets = targets.iter().map(|(item, bank)| target(item, bank));
    CallQueue::new(targets.collect(), pace)
}

fn start(queue: &mut CallQueue<BalanceTarget>, now: Instant) -> StartedCall<BalanceTarget> {
    match queue.next(now, |_| Turn::Now) {
        NextCall::Start(call) => call,
        other => panic!("nothing starts: {other:?}"),
    }
}

fn waits(queue: &mut CallQueue<BalanceTarget>, now: Instant) -> (Instant, WaitReason) {
    match queue.next(now, |_| Turn::Now) {
        NextCall::Wait(until, why) => (until, why),
        other => panic!("nothing is waited for: {other:?}"),
    }
}

#[test]
fn a_busy_bank_holds_up_nobody_else() {
    let now = Instant::now();
    let mut queue = queue(&[("a1", "a"), ("a2", "a"), ("a3", "a"), ("b1", "b")]);
    let (first, second) = (start(&mut queue, now), start(&mut queue, now));
    let refused = CallOutcome::RetryLater(RetryCause::BankLimit);
    let second_now = now + Duration::from_millis(1);
    assert!(queue.finish(first, refused, second_now).is_empty());
    // A call sent before the pause doesn't extend it.
    assert!(queue.finish(second, refused, second_now).is_empty());
    assert_eq!(start(&mut queue, second_now).target.item_id.as_str(), "b1");
    let (until, why) = waits(&mut queue, second_now);
    assert_eq!(why, WaitReason::Bank("Bank a".to_owned()));
    assert!(until <= second_now + Duration::from_secs(1));

    // After the pause, one call probes while the others wait.
    let probe = start(&mut queue, until);
    assert!(matches!(
        queue.next(until, |_| Turn::Now),
        NextCall::Nothing
    ));
    assert!(queue.finish(probe, CallOutcome::Answer, until).is_empty());
    start(&mut queue, until);
    start(&mut queue, until);
    assert_eq!(queue.len(), 0);
}

#[test]
fn pauses_grow_to_a_bound_and_end() {
    let mut now = Instant::now();
    let began = now;
    let mut queue = queue(&[("a1", "a"), ("a2", "a"), ("b1", "b")]);
    let mut pauses = Vec::new();
    let given_up = loop {
        let call = start(&mut queue, now);
        assert_eq!(call.target.institution_name, "Bank a");
        let given_up = queue.finish(call, CallOutcome::RetryLater(RetryCause::BankLimit), now);
        if !given_up.is_empty() {
            break given_up;
        }
        let until = queue.holds.values().next().unwrap().until;
        pauses.push(until - now);
        now = until;
    };
    let names: Vec<_> = given_up
        .iter()
        .map(|target| target.item_id.as_str())
        .collect();
    assert_eq!(names, ["a1", "a2"]);
    assert!(pauses.len() > 3, "{pauses:?}");
    assert!(pauses[3] > pauses[0], "{pauses:?}");
    let longest = Duration::from_secs(60);
    assert!(pauses.iter().all(|pause| *pause <= longest), "{pauses:?}");
    assert!(
        now - began <= longest,
        "all pauses together keep the patience"
    );
    assert_eq!(start(&mut queue, now).target.item_id.as_str(), "b1");
}

#[test]
fn a_lost_network_is_tried_by_one_call_at_a_time() {
    let now = Instant::now();
    let mut queue = queue(&[("a", "a"), ("b", "b"), ("c", "c")]);
    let (one, other) = (start(&mut queue, now), start(&mut queue, now));
    let lost = CallOutcome::RetryLater(RetryCause::Offline);
    queue.finish(one, lost, now);
    queue.finish(other, lost, now);
    assert!(queue.is_offline());
    let (until, why) = waits(&mut queue, now);
    assert_eq!(why, WaitReason::Network);
    let probe = start(&mut queue, until);
    assert!(matches!(
        queue.next(until, |_| Turn::Now),
        NextCall::Nothing
    ));
    // The outcome is unknown, so another call probes.
    queue.finish(probe, CallOutcome::Nothing, until);
    let probe = start(&mut queue, until);
    queue.finish(probe, CallOutcome::Answer, until);
    assert!(!queue.is_offline());
    start(&mut queue, until);
    assert_eq!(queue.len(), 0);
}

#[test]
fn limits_of_the_client_stop_all_and_those_of_an_item_only_it() {
    let now = Instant::now();
    let mut queue = queue(&[("a", "a"), ("b", "b")]);
    let wait = Duration::from_secs(3);
    let of_item = |item: &ItemId| {
        if item.as_str() == "a" {
            Turn::Item(wait)
        } else {
            Turn::Now
        }
    };
    let NextCall::Start(call) = queue.next(now, of_item) else {
        panic!("the other Item does not start");
    };
    assert_eq!(call.target.item_id.as_str(), "b");
    let NextCall::Wait(until, WaitReason::Limit) = queue.next(now, |_| Turn::Now) else {
        panic!("the Item does not wait");
    };
    assert_eq!(until, now + wait);
    let NextCall::Wait(until, _) = queue.next(until, |_| Turn::Client(wait)) else {
        panic!("the client does not wait");
    };
    assert_eq!(until, now + 2 * wait);
}

#[test]
fn plaids_own_trouble_is_tried_three_times() {
    let mut now = Instant::now();
    let mut queue = queue(&[("a", "a")]);
    for _ in 0..2 {
        let call = start(&mut queue, now);
        let outcome = CallOutcome::RetryLater(RetryCause::Trouble);
        assert!(queue.finish(call, outcome, now).is_empty());
        now = waits(&mut queue, now).0;
    }
    let call = start(&mut queue, now);
    let given_up = queue.finish(call, CallOutcome::RetryLater(RetryCause::Trouble), now);
    assert_eq!(given_up.len(), 1);
}

#[test]
fn only_what_cannot_be_billed_is_asked_again() {
    let api = |status, error_type: &str, code: &str| {
        plaid::Error::Api(Box::new(plaid::ApiError {
            status,
            error_type: error_type.to_owned(),
            error_code: code.to_owned(),
            error_code_reason: None,
            error_message: String::new(),
            display_message: None,
            request_id: None,
            documentation_url: None,
            suggested_action: None,
        }))
    };
    let limited = |code| RetryCause::of(api(429, "RATE_LIMIT_EXCEEDED", code).retry());
    assert_eq!(limited("BALANCE_LIMIT"), Some(RetryCause::ItemLimit));
    assert_eq!(
        limited("ACCOUNTS_BALANCE_GET_LIMIT"),
        Some(RetryCause::ClientLimit)
    );
    assert_eq!(
        limited("INSTITUTION_RATE_LIMIT"),
        Some(RetryCause::BankLimit)
    );
    let trouble = api(500, "API_ERROR", "INTERNAL_SERVER_ERROR");
    assert_eq!(RetryCause::of(trouble.retry()), Some(RetryCause::Trouble));
    let timeout = |phase| plaid::Error::Timeout {
        after: Duration::from_secs(90),
        phase,
    };
    assert_eq!(
        RetryCause::of(timeout(plaid::TimeoutPhase::Connect).retry()),
        Some(RetryCause::Offline)
    );
    let refused = plaid::Error::Connect {
        reason: plaid::ConnectFailure::Refused,
    };
    assert_eq!(RetryCause::of(refused.retry()), Some(RetryCause::Offline));
    for lost in [
        plaid::Error::ConnectionLost,
        plaid::Error::Truncated { status: 200 },
        plaid::Error::Empty {
            status: 502,
            request_id: None,
        },
        timeout(plaid::TimeoutPhase::Answer),
        timeout(plaid::TimeoutPhase::Body),
        api(400, "ITEM_ERROR", "ITEM_LOGIN_REQUIRED"),
        api(400, "INSTITUTION_ERROR", "INSTITUTION_DOWN"),
    ] {
        assert_eq!(RetryCause::of(lost.retry()), None, "{lost}");
    }
}
