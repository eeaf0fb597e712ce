import { type Entity, Store } from './store.ts';

export interface Product extends Entity {
  readonly name: string;
  readonly category: string;
  readonly priceCents: number;
  readonly createdAt: Date;
}

const products = new Store<Product>();

export function createProduct(name: string, category: string, priceCents: number): Product {
  if (name.trim() === '') {
    throw new Error('A product needs a name.');
  }
  if (priceCents < 0) {
    throw new Error('A product needs a price that is not negative.');
  }
  return products.insert({ id: crypto.randomUUID(), name: name.trim(), category, priceCents, createdAt: new Date() });
}

export function getProduct(id: string): Product {
  return products.get(id);
}

export function renameProduct(id: string, name: string): Product {
  if (name.trim() === '') {
    throw new Error('A product needs a name.');
  }
  return products.update(id, { name: name.trim() });
}

export function removeProduct(id: string): void {
  products.remove(id);
}

export function findProductsByCategory(category: string): readonly Product[] {
  return products.list().filter((product) => product.category === category);
}

export function countProductsByCategory(): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const product of products.list()) {
    counts.set(product.category, (counts.get(product.category) ?? 0) + 1);
  }
  return counts;
}
