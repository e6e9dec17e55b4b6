import type { AuditMoment } from "../../api/audit";

export const momentWords: Record<AuditMoment, string> = {
  written: "Written down, before it was sent",
  asked: "Sent to Plaid",
  answered: "Plaid answered",
  noAnswer: "Ended without an answer that can be used",
  decisionRecorded: "Decision recorded",
  decisionDelivered: "Plaid has the decision",
  decisionFiled: "Decision in a file for Plaid",
  decisionLeftOut: "Decision given up",
  returnRecorded: "Return recorded",
  returnDelivered: "Plaid has the return",
  returnFiled: "Return in a file for Plaid",
  returnLeftOut: "Return given up",
};
