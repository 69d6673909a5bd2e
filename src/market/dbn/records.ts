import { AssayError } from '../../core/errors.ts';
import { definitionLayouts } from './definitions.ts';
import { type FieldSpec, type Layout, layout } from './layout.ts';

const level = (rank: number, counts: readonly FieldSpec[]): readonly FieldSpec[] => {
  const suffix = String(rank).padStart(2, '0');
  return [
    [`bid_px_${suffix}`, 'price'],
    [`ask_px_${suffix}`, 'price'],
    [`bid_sz_${suffix}`, 'u32'],
    [`ask_sz_${suffix}`, 'u32'],
    ...counts,
  ];
};

/** Levels with the number of orders at each. */
const levels = (n: number): readonly FieldSpec[] =>
  Array.from({ length: n }, (_, rank) => {
    const suffix = String(rank).padStart(2, '0');
    return level(rank, [
      [`bid_ct_${suffix}`, 'u32'],
      [`ask_ct_${suffix}`, 'u32'],
    ]);
  }).flat();

/** The level of a consolidated book, with the publisher of each side. */
const consolidatedLevel = level(0, [['bid_pb_00', 'u16'], 2, ['ask_pb_00', 'u16'], 2]);

const trade: readonly FieldSpec[] = [
  ['price', 'price'],
  ['size', 'u32'],
  ['action', 'char'],
  ['side', 'char'],
  ['flags', 'u8'],
  ['depth', 'u8'],
  ['ts_recv', 'time'],
  ['ts_in_delta', 'i32'],
  ['sequence', 'u32'],
];

/** Beginning of the records that show a book at the end of an interval, with the last trade's price, size and side. */
const interval: readonly FieldSpec[] = [['price', 'price'], ['size', 'u32'], 1, ['side', 'char'], ['flags', 'u8'], 1, ['ts_recv', 'time']];

const statisticKeys: readonly FieldSpec[] = [
  ['sequence', 'u32'],
  ['ts_in_delta', 'i32'],
  ['stat_type', 'u16'],
  ['channel_id', 'u16'],
  ['update_action', 'u8'],
  ['stat_flags', 'u8'],
];

const statistic: readonly FieldSpec[] = [
  ['ts_recv', 'time'],
  ['ts_ref', 'time'],
  ['price', 'price'],
];

const mapped: readonly FieldSpec[] = [
  ['start_ts', 'time'],
  ['end_ts', 'time'],
];

export const mboLayout = layout('mbo', [0xa0], '1-3', 56, [
  ['order_id', 'u64'],
  ['price', 'price'],
  ['size', 'u32'],
  ['flags', 'u8'],
  ['channel_id', 'u8'],
  ['action', 'char'],
  ['side', 'char'],
  ['ts_recv', 'time'],
  ['ts_in_delta', 'i32'],
  ['sequence', 'u32'],
]);

export const mbp10Layout = layout('mbp-10', [0x0a], '1-3', 368, [...trade, ...levels(10)]);

/** Every record, by its type and length: the versions of one type differ in their length. */
export const layouts: readonly Layout[] = [
  layout('trade', [0x00], '1-3', 48, trade),
  layout('mbp-1', [0x01], '1-3', 80, [...trade, ...levels(1)]),
  mbp10Layout,
  mboLayout,
  layout('ohlcv', [0x11, 0x20, 0x21, 0x22, 0x23, 0x24], '1-3', 56, [
    ['open', 'price'],
    ['high', 'price'],
    ['low', 'price'],
    ['close', 'price'],
    ['volume', 'u64'],
  ]),
  layout('bbo', [0xc3, 0xc4], '1-3', 80, [...interval, 4, ['sequence', 'u32'], ...levels(1)]),
  layout('cmbp-1', [0xb1, 0xc2], '1-3', 80, [
    ['price', 'price'],
    ['size', 'u32'],
    ['action', 'char'],
    ['side', 'char'],
    ['flags', 'u8'],
    1,
    ['ts_recv', 'time'],
    ['ts_in_delta', 'i32'],
    4,
    ...consolidatedLevel,
  ]),
  layout('cbbo', [0xc0, 0xc1], '1-3', 80, [...interval, 8, ...consolidatedLevel]),
  layout('status', [0x12], '1-3', 40, [
    ['ts_recv', 'time'],
    ['action', 'u16'],
    ['reason', 'u16'],
    ['trading_event', 'u16'],
    ['is_trading', 'char'],
    ['is_quoting', 'char'],
    ['is_short_sell_restricted', 'char'],
    7,
  ]),
  ...definitionLayouts,
  layout('imbalance', [0x14], '1-3', 112, [
    ['ts_recv', 'time'],
    ['ref_price', 'price'],
    ['auction_time', 'time'],
    ['cont_book_clr_price', 'price'],
    ['auct_interest_clr_price', 'price'],
    ['ssr_filling_price', 'price'],
    ['ind_match_price', 'price'],
    ['upper_collar', 'price'],
    ['lower_collar', 'price'],
    ['paired_qty', 'u32'],
    ['total_imbalance_qty', 'u32'],
    ['market_imbalance_qty', 'u32'],
    ['unpaired_qty', 'u32'],
    ['auction_type', 'char'],
    ['side', 'char'],
    ['auction_status', 'u8'],
    ['freeze_status', 'u8'],
    ['num_extensions', 'u8'],
    ['unpaired_side', 'char'],
    ['significant_imbalance', 'char'],
    1,
  ]),
  layout('error', [0x15], '1', 80, [['err', 64]]),
  layout('error', [0x15], '2-3', 320, [
    ['err', 302],
    ['code', 'u8'],
    ['is_last', 'u8'],
  ]),
  layout('symbol-mapping', [0x16], '1', 80, [['stype_in_symbol', 22], ['stype_out_symbol', 22], 4, ...mapped]),
  layout('symbol-mapping', [0x16], '2-3', 176, [
    ['stype_in', 'u8'],
    ['stype_in_symbol', 71],
    ['stype_out', 'u8'],
    ['stype_out_symbol', 71],
    ...mapped,
  ]),
  layout('system', [0x17], '1', 80, [['msg', 64]]),
  layout('system', [0x17], '2-3', 320, [
    ['msg', 303],
    ['code', 'u8'],
  ]),
  layout('statistics', [0x18], '1-2', 64, [...statistic, ['quantity', 'i32'], ...statisticKeys, 6]),
  layout('statistics', [0x18], '3', 80, [...statistic, ['quantity', 'i64'], ...statisticKeys, 18]),
];

/** Bytes of the send time that each record of a live session may end with. */
export const sendTimeBytes = 8;

const byType = new Map<number, readonly Layout[]>();
for (const one of layouts) for (const rtype of one.rtypes) byType.set(rtype, [...(byType.get(rtype) ?? []), one]);

/**
 * Returns the layout of a record, or null for a type that this program does not know.
 * @param bytes its length, with the send time if it has one.
 * @throws AssayError `data_invalid` for a known type of another length.
 */
export function layoutOf(rtype: number, bytes: number, place: string): Layout | null {
  const known = byType.get(rtype);
  if (known === undefined) return null;
  const found = known.find((one) => one.bytes === bytes || one.bytes + sendTimeBytes === bytes);
  if (found !== undefined) return found;
  throw new AssayError(
    'data_invalid',
    `a record of type ${known[0]!.name} has ${bytes} bytes, not ${known.map((one) => one.bytes).join(' or ')}`,
    {
      place,
      hint: 'the file is damaged, or written by a newer version of DBN: download it again, as version 3 or lower',
    },
  );
}
