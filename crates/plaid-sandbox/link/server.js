// Calls the stand-in's private endpoints.

const UNREACHABLE = {
  error_type: "API_ERROR",
  error_code: "INTERNAL_SERVER_ERROR",
  error_message: "the stand-in for Plaid cannot be reached",
  display_message: "The demo bank cannot be reached. Please try again.",
};

let requestId = "";

export function lastRequestId() {
  return requestId;
}

/** Throws Plaid's error object when the call fails. */
export async function post(act, body) {
  let response;
  let answer;
  try {
    response = await fetch(`/link/session/${act}`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(body),
      keepalive: true,
    });
    answer = await response.json();
  } catch {
    throw UNREACHABLE;
  }
  requestId = answer.request_id || requestId;
  if (!response.ok) {
    throw answer;
  }
  return answer;
}
