/**
 * Certificates of an authority of its own.
 *
 * @module
 */

import { assert } from "@std/assert";

/** Makes an authority, and by it a certificate of each name, in files of a directory. */
export async function certify(directory: string, names: readonly string[]): Promise<void> {
  const openssl = async (...args: string[]) => {
    const options = { args, cwd: directory, stdout: "null", stderr: "null" } as const;
    const { success } = await new Deno.Command("openssl", options).output();
    assert(success, `openssl ${args[0]} failed`);
  };
  const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
  await openssl(
    ...["req", "-x509", ...key, "-keyout", "ca.key", "-out", "ca.pem"],
    ...["-days", "2", "-subj", "/CN=authority"],
  );
  for (const name of names) {
    await openssl(
      ...["req", ...key, "-keyout", `${name}.key`, "-out", `${name}.csr`],
      "-subj",
      "/CN=x",
    );
    await Deno.writeTextFile(`${directory}/${name}.ext`, "subjectAltName=IP:127.0.0.1");
    await openssl(
      ...["x509", "-req", "-in", `${name}.csr`, "-CA", "ca.pem", "-CAkey", "ca.key"],
      ...["-CAcreateserial", "-days", "2", "-out", `${name}.pem`, "-extfile", `${name}.ext`],
    );
  }
}
