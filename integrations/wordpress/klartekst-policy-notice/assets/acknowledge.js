/*
 * Passes on to WordPress what <policy-notice> showed the member and what the member acknowledged.
 * When that fails, nothing is remembered and the notice comes again.
 */
( () => {
	'use strict';

	for ( const what of [ 'shown', 'acknowledged' ] ) {
		document.addEventListener( `policy-notice:${ what }`, ( { target, detail } ) => {
			const { rest, nonce } = target.dataset;
			if ( ! rest ) {
				return;
			}
			fetch( rest + what, {
				method: 'POST',
				credentials: 'same-origin',
				keepalive: true,
				headers: { 'Content-Type': 'application/json', 'X-WP-Nonce': nonce },
				body: JSON.stringify( { versions: detail.versions, channel: detail.channel } ),
			} ).catch( () => {} );
		} );
	}
} )();
