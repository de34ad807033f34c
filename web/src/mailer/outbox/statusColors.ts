import type { MailStatus } from "./queries";

export const STATUS_COLORS: Record<MailStatus, string> = {
  queued: "blue",
  sending: "blue",
  sent: "green",
  unknown: "orange",
  failed: "red",
  suppressed: "yellow",
};

/** A newer server may send others. */
export function isKnownStatus(status: string): status is MailStatus {
  return status in STATUS_COLORS;
}
