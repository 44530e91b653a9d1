/*
 * Reports to WordPress what <policy-notice> showed and what the member acknowledged.
 * If that fails, nothing is stored and the notice is shown again.
 */
( () => {
	'use strict';

	// For each notice, the request that reports the showing. The acknowledgement waits for its response, because
	// concurrent requests may be recorded in either order. If the member leaves the page, it is sent at once.
	const showings = new WeakMap();
	const leaving = new Promise( ( resolve ) => addEventListener( 'pagehide', resolve, { once: true } ) );

	const report = ( event, { dataset }, { entries, channel } ) =>
		fetch( dataset.rest + event, {
			method: 'POST',
			credentials: 'same-origin',
			keepalive: true,
			headers: { 'Content-Type': 'application/json', 'X-WP-Nonce': dataset.nonce },
			body: JSON.stringify( { entries, channel } ),
		} ).catch( () => {} );

	document.addEventListener( 'policy-notice:shown', ( { target, detail } ) => {
		if ( target.dataset.rest ) {
			showings.set( target, report( 'shown', target, detail ) );
		}
	} );

	document.addEventListener( 'policy-notice:acknowledged', async ( { target, detail } ) => {
		if ( target.dataset.rest ) {
			await Promise.race( [ showings.get( target ), leaving ] );
			report( 'acknowledged', target, detail );
		}
	} );
} )();
