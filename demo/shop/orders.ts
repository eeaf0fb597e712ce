import { getCustomer } from './customers.ts';
import { getProduct } from './products.ts';
import { type Entity, Store } from './store.ts';

export interface OrderLine {
  readonly productId: string;
  readonly quantity: number;
}

export interface Order extends Entity {
  readonly customerId: string;
  readonly lines: readonly OrderLine[];
  readonly state: 'open' | 'paid' | 'shipped' | 'cancelled';
  readonly createdAt: Date;
}

const orders = new Store<Order>();

export function createOrder(customerId: string, lines: readonly OrderLine[]): Order {
  const customer = getCustomer(customerId);
  if (lines.length === 0) {
    throw new Error('An order needs at least one line.');
  }
  return orders.insert({
    id: crypto.randomUUID(),
    customerId: customer.id,
    lines,
    state: 'open',
    createdAt: new Date(),
  });
}

export function getOrder(id: string): Order {
  return orders.get(id);
}

export function payOrder(id: string): Order {
  const order = getOrder(id);
  if (order.state !== 'open') {
    throw new Error(`The order ${id} is ${order.state}.`);
  }
  return orders.update(id, { state: 'paid' });
}

export function shipOrder(id: string): Order {
  const order = getOrder(id);
  if (order.state !== 'paid') {
    throw new Error(`The order ${id} is ${order.state}.`);
  }
  return orders.update(id, { state: 'shipped' });
}

export function cancelOrder(id: string): Order {
  const order = getOrder(id);
  if (order.state === 'shipped') {
    throw new Error(`The order ${id} is ${order.state}.`);
  }
  return orders.update(id, { state: 'cancelled' });
}

export function totalOfOrder(id: string): number {
  const order = getOrder(id);
  return order.lines.reduce((total, line) => total + getProduct(line.productId).priceCents * line.quantity, 0);
}

export function findOrdersByCustomer(customerId: string): readonly Order[] {
  return orders.list().filter((order) => order.customerId === customerId);
}
