/**
 * The cases of the W3C trace-context validation suite at STRICT_LEVEL=2 SPEC_LEVEL=2, by their names
 * there: what is sent to a service, and what each request that the service then makes must carry.
 * Where the suite leaves a choice (which one of a repeated key stays), ours is written down. No part
 * of the agent; tests send them over HTTP.
 *
 * @see https://github.com/w3c/trace-context/blob/acab820/test/test.py
 */
export interface W3cRequest {
  /** Header lines as sent: names in any case, repeated ones, white space around values. */
  readonly headers: readonly string[];
  /** The trace id of the service's own requests; undefined: a new one, none of those sent. */
  readonly traceId: string | undefined;
  /** The flags of the service's own requests. */
  readonly flags: number;
  /** The `tracestate` of the service's own requests; empty: they have no such header. */
  readonly traceState: string;
  /** How many requests the service makes, each with another span id. */
  readonly callbacks: number;
}

const sentTraceId = '12345678901234567890123456789012';
const sampled = 'traceparent: 00-12345678901234567890123456789012-1234567890123456-01';
const unsampled = 'traceparent: 00-12345678901234567890123456789012-1234567890123456-00';

function kept(flags: number, traceState: string, ...headers: string[]): W3cRequest {
  return { headers, traceId: sentTraceId, flags, traceState, callbacks: 1 };
}

/** A trace of the service's own, which it samples and whose id is random. */
function renewed(...headers: string[]): W3cRequest {
  return { headers, traceId: undefined, flags: 3, traceState: '', callbacks: 1 };
}

export const w3cCases: Readonly<Record<string, readonly W3cRequest[]>> = {
  test_both_traceparent_and_tracestate_missing: [renewed()],
  test_traceparent_included_tracestate_missing: [kept(1, '', sampled)],
  test_traceparent_duplicated: [
    renewed('traceparent: 00-12345678901234567890123456789011-1234567890123456-01', sampled),
  ],
  test_traceparent_header_name: [
    renewed('trace-parent: 00-12345678901234567890123456789012-1234567890123456-01'),
    renewed('trace.parent: 00-12345678901234567890123456789012-1234567890123456-01'),
  ],
  test_traceparent_header_name_valid_casing: [
    kept(1, '', 'TraceParent: 00-12345678901234567890123456789012-1234567890123456-01'),
    kept(1, '', 'TrAcEpArEnT: 00-12345678901234567890123456789012-1234567890123456-01'),
    kept(1, '', 'TRACEPARENT: 00-12345678901234567890123456789012-1234567890123456-01'),
  ],
  test_traceparent_version_0x00: [
    renewed('traceparent: 00-12345678901234567890123456789012-1234567890123456-01.'),
    renewed('traceparent: 00-12345678901234567890123456789012-1234567890123456-01-what-the-future-will-be-like'),
  ],
  test_traceparent_version_0xcc: [
    kept(1, '', 'traceparent: cc-12345678901234567890123456789012-1234567890123456-01'),
    kept(1, '', 'traceparent: cc-12345678901234567890123456789012-1234567890123456-01-what-the-future-will-be-like'),
    renewed('traceparent: cc-12345678901234567890123456789012-1234567890123456-01.what-the-future-will-be-like'),
  ],
  test_traceparent_version_0xff: [renewed('traceparent: ff-12345678901234567890123456789012-1234567890123456-01')],
  test_traceparent_version_illegal_characters: [
    renewed('traceparent: .0-12345678901234567890123456789012-1234567890123456-01'),
    renewed('traceparent: 0.-12345678901234567890123456789012-1234567890123456-01'),
  ],
  test_traceparent_version_too_long: [
    renewed('traceparent: 000-12345678901234567890123456789012-1234567890123456-01'),
    renewed('traceparent: 0000-12345678901234567890123456789012-1234567890123456-01'),
  ],
  test_traceparent_version_too_short: [renewed('traceparent: 0-12345678901234567890123456789012-1234567890123456-01')],
  test_traceparent_trace_id_all_zero: [renewed('traceparent: 00-00000000000000000000000000000000-1234567890123456-01')],
  test_traceparent_trace_id_illegal_characters: [
    renewed('traceparent: 00-.2345678901234567890123456789012-1234567890123456-01'),
    renewed('traceparent: 00-1234567890123456789012345678901.-1234567890123456-01'),
  ],
  test_traceparent_trace_id_too_long: [
    renewed('traceparent: 00-123456789012345678901234567890123-1234567890123456-01'),
  ],
  test_traceparent_trace_id_too_short: [renewed('traceparent: 00-1234567890123456789012345678901-1234567890123456-01')],
  test_traceparent_parent_id_all_zero: [
    renewed('traceparent: 00-12345678901234567890123456789012-0000000000000000-01'),
  ],
  test_traceparent_parent_id_illegal_characters: [
    renewed('traceparent: 00-12345678901234567890123456789012-.234567890123456-01'),
    renewed('traceparent: 00-12345678901234567890123456789012-123456789012345.-01'),
  ],
  test_traceparent_parent_id_too_long: [
    renewed('traceparent: 00-12345678901234567890123456789012-12345678901234567-01'),
  ],
  test_traceparent_parent_id_too_short: [
    renewed('traceparent: 00-12345678901234567890123456789012-123456789012345-01'),
  ],
  test_traceparent_trace_flags_illegal_characters: [
    renewed('traceparent: 00-12345678901234567890123456789012-1234567890123456-.0'),
    renewed('traceparent: 00-12345678901234567890123456789012-1234567890123456-0.'),
  ],
  test_traceparent_trace_flags_too_long: [
    renewed('traceparent: 00-12345678901234567890123456789012-1234567890123456-001'),
  ],
  test_traceparent_trace_flags_too_short: [
    renewed('traceparent: 00-12345678901234567890123456789012-1234567890123456-1'),
  ],
  test_traceparent_ows_handling: [
    kept(1, '', 'traceparent:  00-12345678901234567890123456789012-1234567890123456-01'),
    kept(1, '', 'traceparent: \t00-12345678901234567890123456789012-1234567890123456-01'),
    kept(1, '', 'traceparent: 00-12345678901234567890123456789012-1234567890123456-01 '),
    kept(1, '', 'traceparent: 00-12345678901234567890123456789012-1234567890123456-01\t'),
    kept(1, '', 'traceparent: \t 00-12345678901234567890123456789012-1234567890123456-01 \t'),
  ],
  test_tracestate_included_traceparent_missing: [renewed('tracestate: foo=1'), renewed('tracestate: foo=1,bar=2')],
  test_tracestate_included_traceparent_included: [kept(0, 'foo=1,bar=2', unsampled, 'tracestate: foo=1,bar=2')],
  test_tracestate_header_name: [
    kept(0, '', unsampled, 'trace-state: foo=1'),
    kept(0, '', unsampled, 'trace.state: foo=1'),
  ],
  test_tracestate_header_name_valid_casing: [
    kept(0, 'foo=1', unsampled, 'TraceState: foo=1'),
    kept(0, 'foo=1', unsampled, 'TrAcEsTaTe: foo=1'),
    kept(0, 'foo=1', unsampled, 'TRACESTATE: foo=1'),
  ],
  test_tracestate_empty_header: [
    kept(0, '', unsampled, 'tracestate: '),
    kept(0, 'foo=1', unsampled, 'tracestate: foo=1', 'tracestate: '),
    kept(0, 'foo=1', unsampled, 'tracestate: ', 'tracestate: foo=1'),
  ],
  test_tracestate_multiple_headers_different_keys: [
    kept(
      0,
      'foo=1,bar=2,rojo=1,congo=2,baz=3',
      unsampled,
      'tracestate: foo=1,bar=2',
      'tracestate: rojo=1,congo=2',
      'tracestate: baz=3',
    ),
  ],
  test_tracestate_duplicated_keys: [
    kept(0, 'foo=1', unsampled, 'tracestate: foo=1,foo=1'),
    kept(0, 'foo=1', unsampled, 'tracestate: foo=1,foo=2'),
    kept(0, 'foo=1', unsampled, 'tracestate: foo=1', 'tracestate: foo=1'),
    kept(0, 'foo=1', unsampled, 'tracestate: foo=1', 'tracestate: foo=2'),
  ],
  test_tracestate_all_allowed_characters: [
    kept(
      0,
      `abcdefghijklmnopqrstuvwxyz0123456789_-*/= !"#$%&'()*+-./0123456789:;<>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_\`abcdefghijklmnopqrstuvwxyz{|}~`,
      unsampled,
      `tracestate: abcdefghijklmnopqrstuvwxyz0123456789_-*/= !"#$%&'()*+-./0123456789:;<>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_\`abcdefghijklmnopqrstuvwxyz{|}~`,
    ),
    kept(
      0,
      `abcdefghijklmnopqrstuvwxyz0123456789_-*/@a-z0-9_-*/= !"#$%&'()*+-./0123456789:;<>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_\`abcdefghijklmnopqrstuvwxyz{|}~`,
      unsampled,
      `tracestate: abcdefghijklmnopqrstuvwxyz0123456789_-*/@a-z0-9_-*/= !"#$%&'()*+-./0123456789:;<>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_\`abcdefghijklmnopqrstuvwxyz{|}~`,
    ),
  ],
  test_tracestate_ows_handling: [
    kept(0, 'foo=1,bar=2,baz=3', unsampled, 'tracestate: foo=1 \t , \t bar=2, \t baz=3'),
    kept(0, 'foo=1,bar=2,baz=3', unsampled, 'tracestate: foo=1\t \t,\t \tbar=2,\t \tbaz=3'),
    kept(0, 'foo=1', unsampled, 'tracestate:  foo=1'),
    kept(0, 'foo=1', unsampled, 'tracestate: \tfoo=1'),
    kept(0, 'foo=1', unsampled, 'tracestate: foo=1 '),
    kept(0, 'foo=1', unsampled, 'tracestate: foo=1\t'),
    kept(0, 'foo=1', unsampled, 'tracestate: \t foo=1 \t'),
  ],
  test_tracestate_key_illegal_characters: [
    kept(0, '', unsampled, 'tracestate: foo =1'),
    kept(0, '', unsampled, 'tracestate: FOO=1'),
    kept(0, '', unsampled, 'tracestate: foo.bar=1'),
  ],
  test_tracestate_key_illegal_vendor_format: [
    kept(0, 'foo@=1,bar=2', unsampled, 'tracestate: foo@=1,bar=2'),
    kept(0, '', unsampled, 'tracestate: @foo=1,bar=2'),
    kept(0, 'foo@@bar=1,bar=2', unsampled, 'tracestate: foo@@bar=1,bar=2'),
    kept(0, 'foo@bar@baz=1,bar=2', unsampled, 'tracestate: foo@bar@baz=1,bar=2'),
  ],
  test_tracestate_member_count_limit: [
    kept(
      0,
      'bar01=01,bar02=02,bar03=03,bar04=04,bar05=05,bar06=06,bar07=07,bar08=08,bar09=09,bar10=10,bar11=11,bar12=12,bar13=13,bar14=14,bar15=15,bar16=16,bar17=17,bar18=18,bar19=19,bar20=20,bar21=21,bar22=22,bar23=23,bar24=24,bar25=25,bar26=26,bar27=27,bar28=28,bar29=29,bar30=30,bar31=31,bar32=32',
      unsampled,
      'tracestate: bar01=01,bar02=02,bar03=03,bar04=04,bar05=05,bar06=06,bar07=07,bar08=08,bar09=09,bar10=10',
      'tracestate: bar11=11,bar12=12,bar13=13,bar14=14,bar15=15,bar16=16,bar17=17,bar18=18,bar19=19,bar20=20',
      'tracestate: bar21=21,bar22=22,bar23=23,bar24=24,bar25=25,bar26=26,bar27=27,bar28=28,bar29=29,bar30=30',
      'tracestate: bar31=31,bar32=32',
    ),
    kept(
      0,
      '',
      unsampled,
      'tracestate: bar01=01,bar02=02,bar03=03,bar04=04,bar05=05,bar06=06,bar07=07,bar08=08,bar09=09,bar10=10',
      'tracestate: bar11=11,bar12=12,bar13=13,bar14=14,bar15=15,bar16=16,bar17=17,bar18=18,bar19=19,bar20=20',
      'tracestate: bar21=21,bar22=22,bar23=23,bar24=24,bar25=25,bar26=26,bar27=27,bar28=28,bar29=29,bar30=30',
      'tracestate: bar31=31,bar32=32,bar33=33',
    ),
  ],
  test_tracestate_key_length_limit: [
    kept(0, `foo=1,${'z'.repeat(256)}=1`, unsampled, 'tracestate: foo=1', `tracestate: ${'z'.repeat(256)}=1`),
    kept(0, '', unsampled, 'tracestate: foo=1', `tracestate: ${'z'.repeat(257)}=1`),
    kept(
      0,
      `foo=1,${'t'.repeat(241)}@vvvvvvvvvvvvvv=1`,
      unsampled,
      'tracestate: foo=1',
      `tracestate: ${'t'.repeat(241)}@vvvvvvvvvvvvvv=1`,
    ),
    kept(0, `foo=1,${'t'.repeat(242)}@v=1`, unsampled, 'tracestate: foo=1', `tracestate: ${'t'.repeat(242)}@v=1`),
    kept(0, 'foo=1,t@vvvvvvvvvvvvvvv=1', unsampled, 'tracestate: foo=1', 'tracestate: t@vvvvvvvvvvvvvvv=1'),
  ],
  test_tracestate_value_illegal_characters: [
    kept(0, '', unsampled, 'tracestate: foo=bar=baz'),
    kept(0, '', unsampled, 'tracestate: foo=,bar=3'),
  ],
  test_multiple_requests_with_valid_traceparent: [{ ...kept(1, '', sampled), callbacks: 3 }],
  test_multiple_requests_without_traceparent: [{ ...renewed(), callbacks: 3 }],
  test_multiple_requests_with_illegal_traceparent: [
    { ...renewed('traceparent: 00-00000000000000000000000000000000-1234567890123456-01'), callbacks: 3 },
  ],
  test_propagates_random_flag: [kept(2, '', 'traceparent: 00-12345678901234567890123456789012-1234567890123456-02')],
};
