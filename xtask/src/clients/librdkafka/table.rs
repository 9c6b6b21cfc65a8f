//! Which tests there are: librdkafka's own table of them, as it stands in its sources.

use std::collections::BTreeSet;

use super::Test;

/// Every test that asks a broker and is made for machines to run.
pub fn read(source: &str) -> BTreeSet<Test> {
    let table = source.split_once("struct test tests[]").map_or("", |(_, table)| table);
    table.split("_TEST(").skip(1).filter_map(entry).collect()
}

/// `0009_mock_cluster, TEST_F_LOCAL, …)`
fn entry(text: &str) -> Option<Test> {
    let (name, rest) = text.split_once(',')?;
    let flags = rest.split([',', ')']).next()?;
    let asks = !flags.contains("TEST_F_LOCAL") && !flags.contains("TEST_F_MANUAL");
    Test::parse(name.trim()).filter(|_| asks)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tests_without_a_broker_and_those_for_people_are_no_entries() {
        let source = "_TEST_DECL(0001_declared);\nstruct test tests[] = {\n\
                      _TEST(0004_conf, TEST_F_LOCAL),\n_TEST(0005_order, 0),\n\
                      _TEST(0011_produce_batch,\n    0,\n    /* many */\n\
                      _THRES(.ucpu = 4.0)),\n\
                      _TEST(0049_consume_conn_close, TEST_F_SOCKEM, TEST_BRKVER(0, 9, 0, 0)),\n\
                      _TEST(8000_idle, TEST_F_MANUAL),\n";
        let names: Vec<String> = read(source).iter().map(|test| test.to_string()).collect();
        assert_eq!(names, ["0005_order", "0011_produce_batch", "0049_consume_conn_close"]);
    }
}
