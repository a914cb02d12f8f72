//! Sorting in little code: the standard library's sorts are instantiated for each type and comparison, at 5 KB of wasm each.

/// The numbers below `count`, in the order that `less` says.
pub(crate) fn order(count: usize, less: &dyn Fn(usize, usize) -> bool) -> Vec<usize> {
    // Heapsort: no allocation beyond the result, no bad case.
    let mut order: Vec<usize> = (0..count).collect();
    let sift = |order: &mut [usize], mut parent: usize| {
        loop {
            let mut child = 2 * parent + 1;
            if child >= order.len() {
                return;
            }
            if child + 1 < order.len() && less(order[child], order[child + 1]) {
                child += 1;
            }
            if !less(order[parent], order[child]) {
                return;
            }
            order.swap(parent, child);
            parent = child;
        }
    };
    for parent in (0..count / 2).rev() {
        sift(&mut order, parent);
    }
    for end in (1..count).rev() {
        order.swap(0, end);
        sift(&mut order[..end], 0);
    }
    order
}

#[cfg(test)]
mod tests {
    use super::order;

    #[test]
    fn sorts() {
        for count in 0..200 {
            let values: Vec<usize> = (0..count).map(|at| at * 7919 % 101).collect();
            let sorted: Vec<usize> = order(count, &|a, b| values[a] < values[b])
                .into_iter()
                .map(|at| values[at])
                .collect();
            let mut expected = values.clone();
            expected.sort_unstable();
            assert_eq!(sorted, expected);
        }
    }
}
