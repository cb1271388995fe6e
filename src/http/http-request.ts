import { IncomingMessage } from 'node:http';

/**
 * A request whose offer of another protocol than WebSocket (`Upgrade: h2c`, as curl and Java send) is ignored, as RFC
 * 9110, 7.8 has it: a server with a listener for upgrades would get each of them there, without its body. Node's parser
 * sets `upgrade` on every request, and asks it whether that one is an upgrade.
 */
export class HttpRequest extends IncomingMessage {
  private offersUpgrade: boolean | null = null;

  get upgrade(): boolean {
    if (this.offersUpgrade !== true) return false;
    return this.method === 'CONNECT' || this.headers.upgrade?.toLowerCase() === 'websocket';
  }

  set upgrade(offersUpgrade: boolean | null) {
    this.offersUpgrade = offersUpgrade;
  }
}
