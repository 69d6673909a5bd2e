import { type FieldSpec, type Layout, layout } from './layout.ts';

const rtypes = [0x13];

const limits: readonly FieldSpec[] = [
  ['ts_recv', 'time'],
  ['min_price_increment', 'price'],
  ['display_factor', 'price'],
  ['expiration', 'time'],
  ['activation', 'time'],
  ['high_limit_price', 'price'],
  ['low_limit_price', 'price'],
  ['max_price_variation', 'price'],
];

const unit: readonly FieldSpec[] = [
  ['unit_of_measure_qty', 'price'],
  ['min_price_increment_amount', 'price'],
  ['price_ratio', 'price'],
];

const lots: readonly FieldSpec[] = [
  ['market_depth_implied', 'i32'],
  ['market_depth', 'i32'],
  ['market_segment_id', 'u32'],
  ['max_trade_vol', 'u32'],
  ['min_lot_size', 'i32'],
  ['min_lot_size_block', 'i32'],
  ['min_lot_size_round_lot', 'i32'],
  ['min_trade_vol', 'u32'],
];

const dated: readonly FieldSpec[] = [
  ['trading_reference_date', 'u16'],
  ['appl_id', 'i16'],
  ['maturity_year', 'u16'],
  ['decay_start_date', 'u16'],
  ['channel_id', 'u16'],
];

/** Names as text; the lengths of symbol and asset grew with the versions. */
const names = (symbolBytes: number, assetBytes: number): readonly FieldSpec[] => [
  ['currency', 4],
  ['settl_currency', 4],
  ['secsubtype', 6],
  ['raw_symbol', symbolBytes],
  ['group', 21],
  ['exchange', 5],
  ['asset', assetBytes],
  ['cfi', 7],
  ['security_type', 7],
  ['unit_of_measure', 31],
  ['underlying', 21],
  ['strike_price_currency', 4],
];

const displayed: readonly FieldSpec[] = [
  ['main_fraction', 'u8'],
  ['price_display_format', 'u8'],
];

const maturity: readonly FieldSpec[] = [
  ['sub_fraction', 'u8'],
  ['underlying_product', 'u8'],
  ['security_update_action', 'char'],
  ['maturity_month', 'u8'],
  ['maturity_day', 'u8'],
  ['maturity_week', 'u8'],
  ['user_defined_instrument', 'char'],
  ['contract_multiplier_unit', 'i8'],
  ['flow_schedule_type', 'i8'],
  ['tick_rule', 'u8'],
];

const definition1 = layout('definition', rtypes, '1', 360, [
  ...limits,
  ['trading_reference_price', 'price'],
  ...unit,
  ['inst_attrib_value', 'i32'],
  ['underlying_id', 'u32'],
  ['raw_instrument_id', 'u32'],
  ...lots,
  4,
  ['contract_multiplier', 'i32'],
  ['decay_quantity', 'i32'],
  ['original_contract_size', 'i32'],
  4,
  ...dated,
  ...names(22, 7),
  ['instrument_class', 'char'],
  2,
  ['strike_price', 'price'],
  6,
  ['match_algorithm', 'char'],
  ['md_security_trading_status', 'u8'],
  ...displayed,
  ['settl_price_type', 'u8'],
  ...maturity,
  3,
]);

const definition2 = layout('definition', rtypes, '2', 400, [
  ...limits,
  ['trading_reference_price', 'price'],
  ...unit,
  ['strike_price', 'price'],
  ['inst_attrib_value', 'i32'],
  ['underlying_id', 'u32'],
  ['raw_instrument_id', 'u32'],
  ...lots,
  ['contract_multiplier', 'i32'],
  ['decay_quantity', 'i32'],
  ['original_contract_size', 'i32'],
  ...dated,
  ...names(71, 7),
  ['instrument_class', 'char'],
  ['match_algorithm', 'char'],
  ['md_security_trading_status', 'u8'],
  ...displayed,
  ['settl_price_type', 'u8'],
  ...maturity,
  10,
]);

const definition3 = layout('definition', rtypes, '3', 520, [
  ...limits,
  ...unit,
  ['strike_price', 'price'],
  ['raw_instrument_id', 'u64'],
  ['leg_price', 'price'],
  ['leg_delta', 'price'],
  ['inst_attrib_value', 'i32'],
  ['underlying_id', 'u32'],
  ...lots,
  ['contract_multiplier', 'i32'],
  ['decay_quantity', 'i32'],
  ['original_contract_size', 'i32'],
  ['leg_instrument_id', 'u32'],
  ['leg_ratio_price_numerator', 'i32'],
  ['leg_ratio_price_denominator', 'i32'],
  ['leg_ratio_qty_numerator', 'i32'],
  ['leg_ratio_qty_denominator', 'i32'],
  ['leg_underlying_id', 'u32'],
  ['appl_id', 'i16'],
  ['maturity_year', 'u16'],
  ['decay_start_date', 'u16'],
  ['channel_id', 'u16'],
  ['leg_count', 'u16'],
  ['leg_index', 'u16'],
  ...names(71, 11),
  ['leg_raw_symbol', 71],
  ['instrument_class', 'char'],
  ['match_algorithm', 'char'],
  ...displayed,
  ...maturity,
  ['leg_instrument_class', 'char'],
  ['leg_side', 'char'],
  17,
]);

/**
 * Instrument definitions. The multiplier of a future is `unit_of_measure_qty` (`contract_multiplier` is undefined for ES); its tick is
 * `min_price_increment`.
 */
export const definitionLayouts: readonly Layout[] = [definition1, definition2, definition3];
