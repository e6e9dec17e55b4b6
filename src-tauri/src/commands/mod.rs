//! The commands the main window may call, one file per feature. A command parses, calls the desk
//! and answers; every refusal crosses as a [`Problem`].

mod accounts;
mod activity;
mod audit;
mod balances;
mod batches;
mod decisions;
mod demo;
mod export;
mod history;
mod items;
mod link;
mod outcomes;
mod pages;
mod returns;
mod settings;
mod signal;
mod start;

use desk::problem::Problem;
use tauri::{State, Wry, ipc::Invoke};

use crate::shell::Shell;

/// What a command answers.
type Answer<T> = Result<T, Problem>;

/// The desk's state as a command receives it.
type Desk<'a> = State<'a, Shell>;

/// All commands. Each is named in `build.rs` too, and granted in `capabilities/main.json`.
pub(crate) fn handler() -> impl Fn(Invoke<Wry>) -> bool + Send + Sync + 'static {
    tauri::generate_handler![
        start::app_status,
        start::choose_secret_store,
        start::change_secret_store,
        start::unlock_secrets,
        start::open_environment,
        start::close_environment,
        start::save_keys,
        start::remove_keys,
        start::erase_environment,
        start::start_over,
        settings::settings_view,
        settings::settings_save,
        items::items_view,
        items::people_list,
        items::item_check,
        items::item_rotate_token,
        items::item_remove,
        items::item_reset_login,
        items::item_not_duplicate,
        items::item_dismiss_advice,
        balances::balances_refresh,
        balances::balances_cancel,
        balances::balances_plan,
        balances::billing_view,
        accounts::accounts_list,
        accounts::account_rename,
        accounts::account_set_low_balance,
        accounts::account_hide,
        accounts::account_support,
        history::history,
        history::readings_page,
        history::change_since,
        export::export_pick,
        link::link_start,
        link::link_repair,
        link::link_session,
        link::link_sessions,
        link::link_cancel,
        link::link_focus,
        link::link_in_browser,
        link::link_browser_address,
        link::link_decide,
        link::invitation_create,
        link::invitations,
        link::invitation_check,
        link::invitation_renew,
        link::invitation_mail,
        signal::evaluate,
        signal::evaluation_ask_again,
        signal::evaluations_running,
        signal::evaluation_cancel,
        signal::evaluation_settle,
        signal::evaluate_facts,
        signal::core_attributes,
        signal::action_keys,
        signal::action_key_save,
        signal::action_key_forget,
        signal::debit_margin,
        signal::debit_margin_save,
        signal::evaluation,
        signal::decision_record,
        signal::return_record,
        signal::deliver_now,
        decisions::decisions_due,
        decisions::decisions_due_count,
        decisions::debit_mark,
        decisions::report_history,
        decisions::deliveries,
        decisions::delivery_leave_out,
        decisions::report_file_filed,
        returns::return_codes,
        returns::returns_list,
        returns::account_returns,
        returns::return_import_pick,
        returns::return_import,
        returns::return_import_map,
        returns::return_import_rows,
        returns::return_import_choose,
        returns::return_import_choose_suggested,
        returns::return_import_search,
        returns::return_import_record,
        returns::return_import_discard,
        batches::batch_open_file,
        batches::batch_paste,
        batches::batch_check,
        batches::batch_import,
        batches::batch_discard,
        batches::batches_list,
        batches::batch,
        batches::batch_rows,
        batches::batch_plan,
        batches::batch_run,
        batches::batch_pause,
        batches::batch_cancel,
        batches::batch_ask_failed_again,
        batches::batch_decide,
        batches::batch_take_back,
        activity::activity_page,
        outcomes::outcomes,
        audit::audit,
        demo::demo_view,
        demo::demo_change,
        demo::demo_reset,
        pages::open_page,
    ]
}
