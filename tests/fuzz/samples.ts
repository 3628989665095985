/**
 * A right frame of every type, as short as can be, and with something in it that a cut could break.
 *
 * @module
 */

/** The frames of one connection's key, each with its line end, by type. */
export function samples(key: string): Readonly<Record<string, string>> {
  return {
    hello: `{"type":"hello","event_key":"${key}","event_types":["é"]}\n`,
    hello_ack: '{"type":"hello_ack","bus_version":"v1","first_for_key":true}\n',
    event: `{"type":"event","event_type":"é","payload":"\ufeff😀${key}\\\\\u2028"}\r\n`,
    bye: '{"type":"bye"}\r\n',
    pre_shutdown_check: `{"type":"pre_shutdown_check","event_key":"${key}"}\n`,
    pre_shutdown_ack: '{"type":"pre_shutdown_ack","last_for_key":true}\n',
    status_query: '{"type":"status_query"}\n',
    status_response:
      '{"type":"status_response","pid":1,"uptime_sec":1,"active_conns":0,"consumers":[]}\n',
    source_status: '{"type":"source_status","source":"\\u00e9","state":"connected"}\n',
    flush: '{"type":"flush","id":-1.0e2}\r\n',
    flush_ack: '{"type":"flush_ack","id":1,"events":0,"matched":0,"duplicates":0}\n',
    setup_done: '{"type":"setup_done"}\n',
    reload: '{"type":"reload"}\n',
    reload_ack: '{"type":"reload_ack","ok":true,"message":"é"}\n',
    error: '{"type":"error","code":"limit","message":"é"}\n',
    // Where it is no first frame: one that is stops the hub.
    shutdown: '{"type":"shutdown"}\n',
  };
}
