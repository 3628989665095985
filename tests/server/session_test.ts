import { assert, assertEquals } from "@std/assert";
import { BusError } from "../../lib/protocol/errors.ts";
import type { Role } from "../../lib/server/role.ts";
import { Session } from "../../lib/server/session.ts";
import { event, hello, Peer, settle, until, withHost } from "./kit.ts";

/** A role that does nothing, but for what a test says. */
function role(parts: Partial<Role>): Role {
  const nothing = () => {};
  return {
    keptBytes: 0,
    keepsHub: true,
    take: nothing,
    end: nothing,
    stop: nothing,
    stalled: nothing,
    overLimit: nothing,
    unheard: nothing,
    ...parts,
  };
}

Deno.test("Session.run() costs one connection alone, at once, where a role throws", async () => {
  await withHost({}, async (host) => {
    const consumer = await host.consumer("github.>");
    const peer = new Peer();
    peer.stall();
    let wasTold = false;
    const session = new Session(peer.ends, host.server, (session) => {
      const take = () => {
        session.writer.say({ type: "bye" });
        throw new BusError("failed", "a defect\nof ours");
      };
      return role({ take, stalled: () => wasTold = true });
    });
    peer.send("anything");
    await session.run();
    assertEquals([peer.isClosed, wasTold], [true, true]);
    assertEquals(host.log, ["a connection failed: BusError: a defect\\nof ours"]);
    await host.publish(event());
    assertEquals((await consumer.frame()).seq, 1);
  });
});

Deno.test("Session.run() gives each frame to its role after the one before it is dealt with", async () => {
  await withHost({}, async (host) => {
    const peer = new Peer();
    const taken: string[] = [];
    const gates: (() => void)[] = [];
    const take = (frame: unknown) => {
      taken.push(String(frame));
      return new Promise<void>((resolve) => gates.push(resolve));
    };
    const session = new Session(peer.ends, host.server, (session) => {
      return role({ take, end: () => session.finish() });
    });
    const ran = session.run();
    peer.sendAtOnce("1", "2");
    peer.send("3");
    peer.end();
    for (const expected of [["1"], ["1", "2"], ["1", "2", "3"]]) {
      await settle();
      assertEquals(taken, expected);
      gates.shift()?.();
    }
    await ran;
    assertEquals(peer.isClosed, true);
  });
});

Deno.test("a publisher at full speed leaves a turn after each read to writes and other reads", async () => {
  await withHost({}, async (host) => {
    const consumer = await host.consumer("github.>");
    const publisher = await host.publisher();
    const taken = consumer.takenBytes;
    publisher.send(...new Array(300).fill(event()));
    await until(() => consumer.takenBytes > taken, "a first event");
    assert(publisher.unread > 0, "the publisher was read to its end first");
    const left = publisher.unread;
    const other = host.connect();
    other.send({ type: "status_query" });
    await other.rest();
    assert(publisher.unread > 0 && publisher.unread < left);
  });
});

Deno.test("a connection that sends little costs no memory of the ledger's", async () => {
  await withHost({}, async (host) => {
    const { ledger } = host.server.hub;
    for (let i = 0; i < 100; i++) await host.join({ event_key: `key ${i}` });
    host.connect();
    await settle();
    assertEquals(ledger.used, 0);
    const publisher = await host.publisher();
    publisher.sendBytes("x".repeat(100_000));
    await settle();
    const withLine = ledger.used;
    assert(withLine >= 100_000, `${withLine} bytes for a line of 100,000`);
    publisher.sendBytes("\n");
    await publisher.rest();
    assertEquals(ledger.used, 0);
  });
});

Deno.test("a line in very many pieces is dealt with like any other", async () => {
  await withHost({}, async (host) => {
    const consumer = await host.consumer("github.>");
    const publisher = host.connect();
    publisher.sendBytes(...`${JSON.stringify(event({ payload: "é€😀".repeat(300) }))}\n`);
    publisher.send({ type: "flush", id: 1 });
    assertEquals((await publisher.frame()).matched, 1);
    assertEquals((await consumer.frame()).payload, "é€😀".repeat(300));
  });
});

Deno.test("of a peer that reads no answers nothing more is read, and the others are served", async () => {
  await withHost({}, async (host) => {
    const consumer = host.connect();
    consumer.send(hello());
    await consumer.frame();
    consumer.stall();
    const check = `${JSON.stringify({ type: "pre_shutdown_check", event_key: "no" })}\n`;
    consumer.sendBytes(...new Array<string>(200).fill(check.repeat(100)));
    await settle(2_000);
    assert(consumer.unread > 500_000, `${consumer.unread} bytes are unread`);
    assert(host.server.hub.ledger.used < 300_000);
    await host.publish(event());
    consumer.flow();
    await until(() => consumer.unread === 0, "the rest to be read");
    const answers = (await consumer.whatCame()).filter(({ type }) => type === "pre_shutdown_ack");
    assertEquals(answers.length, 20_000);
  });
});

Deno.test("a reset by the peer is the end of what it sends", async () => {
  await withHost({}, async (host) => {
    const consumer = await host.consumer("github.>");
    const publisher = new Peer();
    publisher.send(event(), event());
    const { read } = publisher.ends;
    publisher.ends.read = async (buffer) => {
      if (publisher.unread > 0) return await read(buffer);
      throw new Deno.errors.ConnectionReset("Connection reset by peer");
    };
    host.connect(publisher);
    assertEquals(await publisher.rest(), []);
    assertEquals((await consumer.frames(2)).map(({ seq }) => seq), [1, 2]);
    assertEquals(host.log, []);
  });
});
