import { type Entity, Store } from './store.ts';

export interface Customer extends Entity {
  readonly name: string;
  readonly email: string;
  readonly city: string;
  readonly createdAt: Date;
}

const customers = new Store<Customer>();

export function createCustomer(name: string, email: string, city: string): Customer {
  if (name.trim() === '') {
    throw new Error('A customer needs a name.');
  }
  return customers.insert({ id: crypto.randomUUID(), name: name.trim(), email, city, createdAt: new Date() });
}

export function getCustomer(id: string): Customer {
  return customers.get(id);
}

export function renameCustomer(id: string, name: string): Customer {
  if (name.trim() === '') {
    throw new Error('A customer needs a name.');
  }
  return customers.update(id, { name: name.trim() });
}

export function removeCustomer(id: string): void {
  customers.remove(id);
}

export function findCustomersByCity(city: string): readonly Customer[] {
  return customers.list().filter((customer) => customer.city === city);
}

export function countCustomersByCity(): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const customer of customers.list()) {
    counts.set(customer.city, (counts.get(customer.city) ?? 0) + 1);
  }
  return counts;
}
