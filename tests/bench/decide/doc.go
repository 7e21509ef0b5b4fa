// Package bench measures our decision against two general policy engines that are
// given the same seven facts. It is a module of its own, so that its peers never
// become dependencies of the product.
package bench
