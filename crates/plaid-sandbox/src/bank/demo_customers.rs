//! The demo's customers. The changes of each balance add up to zero, so that it neither runs dry nor grows forever.

use super::customers::{BankAccount, depository};

/// By username.
pub(super) static DEMO_CUSTOMERS: [(&str, &[BankAccount<'static>]); 10] = [
    ("user_household", &HOUSEHOLD),
    ("user_business", &BUSINESS),
    ("user_bakery", &BAKERY),
    ("user_freelancer", &FREELANCER),
    ("user_student", &STUDENT),
    ("user_tenant_ana", &TENANT_ANA),
    ("user_tenant_ben", &TENANT_BEN),
    ("user_tenant_cho", &TENANT_CHO),
    ("user_canada", &CANADA),
    ("user_lender", &LENDER),
];

static HOUSEHOLD: [BankAccount<'static>; 4] = [
    depository("0100", "Household Checking", "checking")
        .official("Everyday Checking")
        .balances_of("1842.17", "1842.17")
        .postings(
            &[
                -6_190, -2_348, 125_000, -41_235, -8_999, -3_120, -53_108, -10_000,
            ],
            &[0, 2_500, 0, 6_140, 0],
            0,
        ),
    depository("0200", "Household Savings", "savings")
        .official("Rainy Day Savings")
        .balances_of("7310.55", "7310.55"),
    depository("0300", "Holiday Savings", "savings")
        .official("Holiday Club Savings")
        .current("640"),
    depository("0400", "Bills Checking", "checking")
        .official("Second Checking")
        .balances_of("-35.2", "-35.2"),
];

static BUSINESS: [BankAccount<'static>; 3] = [
    depository("2100", "Business Checking", "checking")
        .official("Commercial Operating Account")
        .business()
        .balances_of("248310.42", "251004.9")
        .postings(
            &[-1_284_000, 3_450_075, -612_560, -1_553_515],
            &[269_448, 0, 450_000],
            0,
        ),
    depository("2200", "Business Savings", "savings")
        .official("Commercial Reserve")
        .business()
        .balances_of("1200000", "1200000"),
    depository("2300", "Business Euro Account", "checking")
        .official("Euro Girokonto")
        .business()
        .currency("EUR")
        .balances_of("18420.75", "13420.75")
        .limit("5000"),
];

/// Takings, wages and flour, so that the balance changes a lot.
static BAKERY: [BankAccount<'static>; 5] = [
    depository("3100", "Bakery Operating", "checking")
        .official("Small Business Checking")
        .business()
        .balances_of("8412.36", "9120.11")
        .postings(
            &[
                61_240, -18_350, 58_815, -9420, 70_310, -112_500, 64_405, -23_990, 81_255,
                -172_000, 66_130, -65_895,
            ],
            &[70_775, 12_000, 0, 41_310, 5250],
            3850,
        ),
    depository("3200", "Bakery Tax Reserve", "savings")
        .official("Business Savings")
        .business()
        .balances_of("14250", "14250"),
    depository("3300", "Bakery Payroll", "checking")
        .official("Payroll Checking")
        .business()
        .current("2310.4"),
    depository("3400", "Bakery Card", "credit card")
        .official("Business Rewards Card")
        .of_type("credit")
        .business()
        .balances_of("11087.23", "3912.77")
        .limit("15000")
        .postings(
            &[
                4210, 12_890, 2375, -18_000, 7740, 3115, 9950, -15_000, 2260, -9540,
            ],
            &[0, 4300, 1250],
            1875,
        ),
    depository("3500", "Oven Loan", "business")
        .official("Equipment Loan")
        .of_type("loan")
        .business()
        .current("41870.55"),
];

/// Overdrawn most of the time.
static FREELANCER: [BankAccount<'static>; 4] = [
    depository("4100", "Freelancer Checking", "checking")
        .official("Simple Checking")
        .balances_of("-247.48", "-212.48")
        .postings(
            &[
                -4120, -1899, 62_500, -3340, -27_500, -1275, -8830, -6410, -9126,
            ],
            &[3500, 0, 1275],
            640,
        ),
    depository("4200", "Freelancer Savings", "savings")
        .official("Starter Savings")
        .balances_of("3.12", "3.12"),
    depository("4300", "Client Payments", "paypal")
        .official("PayPal Balance")
        .available("1480"),
    depository("4400", "Bitcoin Wallet", "crypto exchange")
        .of_type("investment")
        .unofficial_currency("BTC")
        .current("0.04312975"),
];

/// Small amounts, a card near its limit, and an account that the bank closes after a month.
static STUDENT: [BankAccount<'static>; 5] = [
    depository("5100", "Student Checking", "checking")
        .official("Campus Checking")
        .balances_of("182.64", "197.14")
        .postings(
            &[-1245, -899, -2310, 20_000, -640, -4475, -1180, -325, -8926],
            &[1450, 0, 620],
            315,
        ),
    depository("5200", "Old Student Checking", "checking")
        .official("Youth Checking")
        .balances_of("12.05", "12.05")
        .closes_after_days(30),
    depository("5300", "Campus Card", "prepaid")
        .official("Campus Prepaid")
        .available("41.5"),
    depository("5400", "Student Card", "credit card")
        .official("Student Credit Card")
        .of_type("credit")
        .balances_of("12.09", "487.91")
        .limit("500"),
    depository("5500", "Student Loan", "student")
        .official("Federal Direct Loan")
        .of_type("loan")
        .current("18240.33"),
];

/// Always has the rent.
static TENANT_ANA: [BankAccount<'static>; 2] = [
    depository("6100", "Ana Checking", "checking")
        .official("Premier Checking")
        .balances_of("2940.18", "2998.43")
        .postings(
            &[
                -8420, -3115, 145_000, -6230, -2890, -12_475, -99_000, -12_870,
            ],
            &[5825, 0, 2150],
            980,
        ),
    depository("6200", "Ana Savings", "savings")
        .official("Premier Savings")
        .balances_of("8100", "8100"),
];

/// Has the rent on some days.
static TENANT_BEN: [BankAccount<'static>; 1] = [depository("6300", "Ben Checking", "checking")
    .official("Everyday Checking")
    .balances_of("611.4", "640.9")
    .postings(
        &[-2890, -5415, -1120, 92_500, -7740, -48_000, -6615, -20_720],
        &[2950, 0, 8000, 1125],
        760,
    )];

/// Overdrawn, with one account whose available balance is not reported.
static TENANT_CHO: [BankAccount<'static>; 2] = [
    depository("6400", "Cho Checking", "checking")
        .official("Basic Checking")
        .balances_of("-88.15", "-88.15")
        .postings(
            &[-1500, 30_000, -9995, -4210, -8640, -5655],
            &[0, 1500],
            450,
        ),
    depository("6500", "Cho Share Account", "savings")
        .official("Share Savings")
        .current("25"),
];

/// Canadian dollars with an overdraft limit, and some US dollars.
static CANADA: [BankAccount<'static>; 4] = [
    depository("7100", "Chequing", "checking")
        .official("Everyday Chequing")
        .currency("CAD")
        .balances_of("4218.77", "4260.02")
        .limit("1000")
        .postings(
            &[
                -7315, -2240, 210_000, -14_120, -88_500, -31_995, -5430, -60_400,
            ],
            &[4125, 0, 9900],
            1240,
        ),
    depository("7200", "TFSA", "tfsa")
        .official("Tax-Free Savings Account")
        .of_type("investment")
        .currency("CAD")
        .current("15300"),
    depository("7300", "US Dollar Savings", "savings")
        .official("US Dollar Savings")
        .balances_of("1205.6", "1205.6"),
    depository("7400", "Visa", "credit card")
        .official("Cash Back Visa")
        .of_type("credit")
        .currency("CAD")
        .balances_of("5388.26", "611.74")
        .limit("6000")
        .postings(&[3395, 8120, 1560, -20_000, 4775, 2150], &[0, 2400], 890),
];

/// A small lender: large sums out, small ones in.
static LENDER: [BankAccount<'static>; 4] = [
    depository("8100", "Lender Operating", "checking")
        .official("Commercial Checking")
        .business()
        .balances_of("184220.91", "191400.91")
        .postings(
            &[
                -1_250_000, 842_315, -90_480, 1_510_050, -2_000_000, 611_240, -48_975, 425_850,
            ],
            &[718_000, 0, 250_000],
            41_500,
        ),
    depository("8200", "Lender Collections", "checking")
        .official("Collections Account")
        .business()
        .balances_of("512900", "512900")
        .postings(
            &[
                412_055, 388_120, -3_000_000, 502_310, 497_765, 611_900, 587_850,
            ],
            &[0],
            12_750,
        ),
    depository("8300", "Warehouse Line", "line of credit")
        .official("Revolving Line of Credit")
        .of_type("loan")
        .business()
        .current("250000")
        .limit("400000"),
    depository("8400", "Euro Settlement", "checking")
        .official("Euro Settlement Account")
        .business()
        .currency("EUR")
        .balances_of("22310.55", "22310.55"),
];
