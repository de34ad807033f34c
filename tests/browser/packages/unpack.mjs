// Prints where the browser is, as JSON: {"executable", "libraries"}. It is inside the npm package, compressed.
import { tmpdir } from "node:os";
import { join } from "node:path";

// The package brings the libraries the browser needs, and unpacks them where it takes itself to be on a bare machine.
process.env.AWS_EXECUTION_ENV ??= "AWS_Lambda_nodejs22.x";
const { default: chromium } = await import("@sparticuz/chromium");

const executable = await chromium.executablePath();
console.log(JSON.stringify({ executable, libraries: join(tmpdir(), "al2023", "lib") }));
