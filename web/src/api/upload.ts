/**
 * Sends a request by XMLHttpRequest: the one way in a browser to learn how much of a body has gone out. In and out it is
 * what `fetch` is, so that everything above stays the same.
 */
export function uploading(progress: (share: number) => void): (request: Request) => Promise<Response> {
  return async (request) => {
    const body = await request.blob();
    return new Promise((resolve, reject) => {
      const call = new XMLHttpRequest();
      call.open(request.method, request.url);
      for (const [name, value] of request.headers) call.setRequestHeader(name, value);
      call.responseType = "blob";
      call.upload.addEventListener("progress", ({ lengthComputable, loaded, total }) => {
        if (lengthComputable) progress(loaded / total);
      });
      call.addEventListener("load", () => {
        resolve(
          new Response(call.response as Blob, {
            status: call.status,
            statusText: call.statusText,
            headers: headersOf(call),
          }),
        );
      });
      call.addEventListener("error", () => {
        reject(new TypeError("The request got no answer"));
      });
      call.addEventListener("abort", () => {
        reject(new DOMException("The request was given up", "AbortError"));
      });
      request.signal.addEventListener("abort", () => {
        call.abort();
      });
      call.send(body);
    });
  };
}

function headersOf(call: XMLHttpRequest): Headers {
  const headers = new Headers();
  for (const line of call.getAllResponseHeaders().trim().split(/\r?\n/)) {
    const colon = line.indexOf(":");
    if (colon > 0) headers.append(line.slice(0, colon), line.slice(colon + 1).trim());
  }
  return headers;
}
