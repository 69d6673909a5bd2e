/** Said with every verdict on paper trading: ten days tell little (EVALUATION, D6, by simulation). */
export const tenDaysTellLittle = '29 % of the strategies without any edge pass ten days of these rules';
