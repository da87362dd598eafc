use expect_test::expect;

use crate::trace::fixture::power_loss;

use super::picture;

#[test]
fn a_run_is_drawn_as_lanes_and_a_ledger() {
    expect![[r#"
               ms  p1                           broker-a/0                   c1
                0  send m1 ───────────────────▶ │                            │
                1  │                            stores m1 Orders/0:0 (page cache)
                2  m1 SEND_OK ◀──────────────── │                            │
                2  │                            Orders/0:0 to 1 ───────────▶ │
                3  │                            │                            gets m1
              3.5  │                            │                            ✓ m1
              500  │                            fsync m1                     │
          600.125  send m2 ───────────────────▶ │                            │
          601.125  │                            stores m2 Orders/0:1 (page cache)
          602.125  m2 SEND_OK ◀──────────────── │                            │
          602.125  │                            ✗ power loss                 │
          602.125  │                            ✗ lost: m2                   │
              700  ✗ m3 RemotingConnectException (try 1)                     │
              700  ✗ returns m3 MQClientException 10001                      │
              900  │                            ▲ up                         │

        message  promise  fate          delivered  consumed  verdict  copies, and what took or threatens them
        m1       acked    consumed      1          1         ok       broker-a/0 (disk); exposed to disk-loss
        m2       acked    lost          0          0         lost     ✗ store: async-flush, by node-down of broker-a/0 at 602.125
        m3       refused  never-stored  0          0         refused
    "#]].assert_eq(&picture(&power_loss().story()));
}
