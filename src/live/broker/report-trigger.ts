import type { OrderTrigger } from './order-states.ts';
import type { OrderReport } from './orders.ts';

/** What a broker's report does to the state of its order. */
export function triggerOf(report: OrderReport): OrderTrigger {
  switch (report.kind) {
    case 'accepted':
      return { trigger: 'accept' };
    case 'rejected':
      return { trigger: 'reject' };
    case 'fill':
      return { trigger: 'fill', executionId: report.executionId, lots: report.lots };
    case 'cancelRejected':
    case 'replaceRejected':
      return { trigger: 'requestRefused' };
    case 'canceled':
    case 'expired':
      return { trigger: report.kind };
  }
}
